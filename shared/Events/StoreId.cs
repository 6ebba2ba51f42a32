using System.Buffers;

namespace CustomEvents.Events;

/// <summary>The form of a store's id, contract section 1: 1 to 64 of <c>A-Z a-z 0-9 _ -</c>.</summary>
public static class StoreId
{
    /// <summary>Characters, and bytes, of the longest one.</summary>
    public const int MaxLength = 64;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Characters);
    private static readonly SearchValues<byte> AllowedBytes = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Characters));

    /// <summary>Whether the text has that form.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) => text.Length is >= 1 and <= MaxLength && !text.ContainsAnyExcept(Allowed);

    /// <summary>Whether the UTF-8 bytes have that form.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) => utf8.Length is >= 1 and <= MaxLength && !utf8.ContainsAnyExcept(AllowedBytes);
}
