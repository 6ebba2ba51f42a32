using System.Text;
using System.Text.Json;
using CustomEvents.Events;

namespace CustomEvents.Operator.Values;

/// <summary>How the value of a condition is read: a JSON number, a boolean or an RFC 3339 date where it is one, else a string.</summary>
internal static class ConditionValue
{
    /// <summary>The names of <c>--type</c>.</summary>
    public static readonly string[] Types = ["string", "number", "boolean", "date"];

    /// <summary>Reads it, as what it looks like or as what <paramref name="type"/> says.</summary>
    public static ProfileValue Read(string text, string? type) => type switch
    {
        "string" => ProfileValue.Of(text),
        "number" => Number(text) ?? throw Wrong(text, "a JSON number that a double holds"),
        "boolean" => Boolean(text) ?? throw Wrong(text, "true or false"),
        "date" => Date(text) ?? throw Wrong(text, "an RFC 3339 time, such as 2026-04-02T12:00:00Z"),
        _ => Number(text) ?? Boolean(text) ?? Date(text) ?? ProfileValue.Of(text),
    };

    private static ProfileValue? Number(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        if (!IsJsonNumber(utf8) || !JsonNumber.TryRead(utf8, out var kind, out var bits))
            return null;
        return new ProfileValue(kind, null, bits);
    }

    private static bool IsJsonNumber(byte[] utf8)
    {
        // Blanks around a number are JSON, but the value then is a string that somebody meant so.
        if (utf8.Length == 0 || !(utf8[0] == '-' || char.IsAsciiDigit((char)utf8[0])) || !char.IsAsciiDigit((char)utf8[^1]))
            return false;
        try
        {
            var reader = new Utf8JsonReader(utf8);
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ProfileValue? Boolean(string text) => text switch
    {
        "true" => ProfileValue.Of(true),
        "false" => ProfileValue.Of(false),
        _ => null,
    };

    private static ProfileValue? Date(string text) =>
        Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var utc) ? ProfileValue.Of(utc) : null;

    private static UsageException Wrong(string text, string expected) => new($"--value is '{text}': give {expected}, or another --type.");
}
