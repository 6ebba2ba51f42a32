using System.Globalization;
using System.Text;
using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>The <c>_id</c> of a segment entry, as docs/decisions/0002-segment-index.md publishes it.</summary>
internal static class SegmentKey
{
    private const char Separator = '\u0001';
    private const int KeptBytes = 1024;

    /// <summary>The entry of one key of an event; null where the value is not segmentable.</summary>
    public static string? Of(string store, string eventName, string key, BsonValue value, DateTime occurredAt, ObjectId customer, Guid eventId) =>
        Value(value) is { } text
            ? $"{Part(store)}{Separator}{Part(eventName)}{Separator}{Part(key)}{Separator}{text}{Separator}{Time(occurredAt)}{customer}{eventId:N}"
            : null;

    /// <summary>The type of a segmentable value in the catalog; null where it is not segmentable.</summary>
    public static string? TypeOf(BsonValue value) => value switch
    {
        BsonString => "string",
        BsonInt64 or BsonDouble => "number",
        BsonBoolean => "boolean",
        BsonDateTime => "date",
        _ => null,
    };

    private static string? Value(BsonValue value) => value switch
    {
        BsonString text => "s" + Part(Cut(text.Value)),
        BsonBoolean flag => flag.Value ? "b1" : "b0",
        BsonDateTime date => "d" + Time(date.ToUniversalTime()),
        BsonInt64 number => Number(number.Value, (int)(number.Value - (Int128)(double)number.Value)),
        BsonDouble number => Number(number.Value, 0),
        _ => null,
    };

    private static string Number(double nearest, int missing)
    {
        var bits = BitConverter.DoubleToUInt64Bits(nearest == 0 ? 0 : nearest);
        var ordered = bits >> 63 == 1 ? ~bits : bits | (1UL << 63);
        return string.Create(CultureInfo.InvariantCulture, $"n{ordered:x16}{0x8000 + missing:x4}");
    }

    private static string Time(DateTime utc) => (utc.Ticks / TimeSpan.TicksPerMillisecond).ToString("x13", CultureInfo.InvariantCulture);

    private static string Cut(string text)
    {
        var kept = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > KeptBytes)
                break;
            kept.Append(rune);
        }

        return kept.ToString();
    }

    private static string Part(string text) => string.Concat(text.Select(static c => c <= '\u0002' ? $"\u0002{(char)(c + 1)}" : c.ToString()));
}
