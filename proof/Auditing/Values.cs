using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>How JSON values are stored: contract section 6, in the plainest words.</summary>
internal static partial class Values
{
    /// <summary>A time cut to the millisecond.</summary>
    public static DateTime Milliseconds(DateTime utc) => new(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);

    /// <summary>A complete RFC 3339 date-time, in UTC; null for any other text.</summary>
    public static DateTime? Date(string text) =>
        DateTimePattern().IsMatch(text) && DateTimeOffset.TryParse(text.ToUpperInvariant(), CultureInfo.InvariantCulture, out var date)
            ? Milliseconds(date.UtcDateTime)
            : null;

    /// <summary>A value of <c>customFields</c> or of <c>data</c>.</summary>
    public static BsonValue Typed(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Date(json.GetString()!) is { } date ? new BsonDateTime(date) : json.GetString()!,
        JsonValueKind.Number => Number(json),
        JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
        _ => Exact(json),
    };

    /// <summary>Whether a value of <c>data</c> is stored.</summary>
    public static bool IsKept(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => false,
        JsonValueKind.String => json.GetString() != "",
        JsonValueKind.Number => json.GetDouble() != 0,
        _ => true,
    };

    /// <summary>A value inside <c>$extra</c>, or inside an object or array of <c>data</c>.</summary>
    public static BsonValue Exact(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                return new BsonDocument(json.EnumerateObject().Select(static member => new BsonElement(member.Name, Exact(member.Value))));
            case JsonValueKind.Array:
                return new BsonArray(json.EnumerateArray().Select(Exact));
            case JsonValueKind.String:
                return json.GetString()!;
            case JsonValueKind.True or JsonValueKind.False:
                return json.GetBoolean();
            case JsonValueKind.Number:
                var exact = decimal.Parse(json.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
                if (exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue)
                    return (long)exact;
                var near = (double)exact;
                return decimal.Parse(near.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture) == exact
                    ? near
                    : new BsonDecimal128(Decimal128.Parse(json.GetRawText()));
            default:
                return BsonNull.Value;
        }
    }

    /// <summary>A stored value in text with its type, members by name, so that two can be compared and shown.</summary>
    public static string Text(BsonValue? value, bool isSorted = true) => value switch
    {
        null => "absent",
        BsonDocument document => $"{{{string.Join(", ", Members(document, isSorted).Select(member => $"{member.Name}: {Text(member.Value, isSorted)}"))}}}",
        BsonArray array => $"[{string.Join(", ", array.Select(item => Text(item, isSorted)))}]",
        BsonDouble number => $"Double {number.Value.ToString("R", CultureInfo.InvariantCulture)}",
        BsonDateTime date => $"Date {date.MillisecondsSinceEpoch}",
        _ => $"{value.BsonType} {value}",
    };

    private static IEnumerable<BsonElement> Members(BsonDocument document, bool isSorted) =>
        isSorted ? document.OrderBy(static member => member.Name, StringComparer.Ordinal) : document;

    private static BsonValue Number(JsonElement json)
    {
        var exact = decimal.Parse(json.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
        return exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue ? new BsonInt64((long)exact) : new BsonDouble(json.GetDouble());
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")]
    private static partial Regex DateTimePattern();
}
