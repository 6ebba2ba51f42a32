using System.Text;

namespace CustomEvents.Tests.Support.LogSuites;

/// <summary>Text as bytes and back.</summary>
public static class Bytes
{
    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);

    public static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } present ? Encoding.UTF8.GetString(present.Span) : null;
}
