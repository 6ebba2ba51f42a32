using System.Text.Json;

namespace CustomEvents.Events.Parsing;

/// <summary>The errors of bytes that are no JSON at all: each stands alone, since nothing else can be said of them.</summary>
internal static class InvalidJson
{
    public static EventError NotUtf8() => new("", ErrorCode.InvalidEncoding, "The text must be UTF-8; found bytes that are not.");

    public static EventError From(JsonException broken) => new("", ErrorCode.InvalidJson, broken.LineNumber is { } line
        ? $"Expected JSON; it breaks off in line {line + 1} at byte {(broken.BytePositionInLine ?? 0) + 1}."
        : "Expected JSON; it breaks off.");
}
