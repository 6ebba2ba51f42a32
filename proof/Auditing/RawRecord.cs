using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace CustomEvents.Proof.Auditing;

/// <summary>A record of the raw topic.</summary>
internal sealed partial record RawRecord(int Partition, long Offset, DateTime Timestamp, string? Key, byte[]? Value, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The number of its send; null where it has none.</summary>
    public int? Number { get; } = NumberOf(Value, Headers);

    /// <summary>When it was received, to the millisecond.</summary>
    public DateTime ReceivedAt => Values.Milliseconds(
        Headers.TryGetValue("received-at", out var text) ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcDateTime : Timestamp);

    /// <summary>Reads one.</summary>
    public static RawRecord From(ConsumeResult<byte[]?, byte[]?> read)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in read.Message.Headers)
            headers[header.Key] = Encoding.UTF8.GetString(header.GetValueBytes() ?? []);
        return new RawRecord(
            read.Partition, read.Offset, read.Message.Timestamp.UtcDateTime, read.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null, read.Message.Value, headers);
    }

    private static int? NumberOf(byte[]? value, IReadOnlyDictionary<string, string> headers)
    {
        var text = value is not null && Marker().Match(Encoding.Latin1.GetString(value)) is { Success: true } match
            ? match.Groups[1].Value
            : headers.GetValueOrDefault("n");
        return int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    [GeneratedRegex("\"n\":([0-9]+)")]
    private static partial Regex Marker();
}
