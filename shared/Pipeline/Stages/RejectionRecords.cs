using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages;

/// <summary>The records of the topic of rejections, contract section 8: how they are made, and how they are read.</summary>
public static class RejectionRecords
{
    /// <summary>Payloads over <see cref="Limits.MaxEventBytes"/> are cut to their first 64 KiB; the limit is without the frame (contract section 9).</summary>
    public const int TruncatedPayloadBytes = 64 * 1024;

    /// <summary>
    /// What a record's own headers may be on its rejection, with 16 bytes for each: with those that say why, a record of the largest size would be larger
    /// than the topic takes, and hold up what stands behind it. What does not fit is left out, last what a replay needs, and <c>headers-truncated</c> says so.
    /// </summary>
    public const int MaxHeaderBytes = 1024 * 1024;

    /// <summary>How many they may be: librdkafka gives none of a record that has more than 100,000.</summary>
    public const int MaxHeaders = 10_000;

    private const int HeaderOverhead = 16;

    /// <summary>The stage's name on rejections of the API.</summary>
    public const string ApiStage = "ingest-api";

    // A detail of ours is a sentence; that of an exception that nobody foresaw may be anything.
    private const int MaxDetail = 1_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The rejection of a record that was read from the log, with its own bytes, key and headers.</summary>
    public static OutgoingRecord Create(string topic, string stage, LogRecord original, Guid eventId, EventError error)
    {
        var headers = new List<RecordHeader>(16);
        var isWhole = AddOwn(headers, [.. original.Headers]);
        AddReason(headers, stage, eventId, error, isWhole);
        headers.Add(Text(HeaderNames.OriginalTopic, original.Topic));
        headers.Add(Number(HeaderNames.OriginalPartition, original.Position.Partition));
        headers.Add(Number(HeaderNames.OriginalOffset, original.Position.Offset));
        headers.Add(Number(HeaderNames.OriginalTimestamp, new DateTimeOffset(original.Timestamp).ToUnixTimeMilliseconds()));
        return new OutgoingRecord(topic, original.Key, Cut(original.Value, headers), headers);
    }

    /// <summary>The rejection of an event of a bulk request by the API.</summary>
    public static OutgoingRecord CreateForApi(
        string topic, string storeId, ReadOnlyMemory<byte> payload, Guid eventId, EventError error, IReadOnlyList<RecordHeader> headers)
    {
        var all = new List<RecordHeader>(headers.Count + 6);
        var isWhole = AddOwn(all, headers);
        AddReason(all, ApiStage, eventId, error, isWhole);
        return new OutgoingRecord(topic, Encoding.UTF8.GetBytes(storeId), Cut(payload, all), all);
    }

    /// <summary>
    /// Reads a record of the topic of rejections. What other producers may have left out or malformed is made good: an unknown code
    /// is <see cref="ErrorCode.Unprocessable"/>, a missing id is derived.
    /// </summary>
    public static Rejection Read(LogRecord record, TopicNames topics)
    {
        var payload = record.Value ?? ReadOnlyMemory<byte>.Empty;
        var storeId = record.Key is { } key ? Decode(key.Span) : null;
        var stage = HeaderText(record, HeaderNames.RejectionStage) ?? "unknown";
        var codeText = HeaderText(record, HeaderNames.RejectionCode) ?? "";
        var detail = HeaderText(record, HeaderNames.RejectionDetail) ?? "";
        if (!ErrorCodes.TryParse(codeText, out var code))
        {
            code = ErrorCode.Unprocessable;
            detail = $"{codeText}: {detail}";
        }

        var eventId = record.EventId;
        return new Rejection(
            IdOf(storeId, eventId, stage, payload.Span), storeId, stage, code, detail, HeaderText(record, HeaderNames.RejectionPointer),
            record.Timestamp, eventId,
            HeaderText(record, HeaderNames.OriginalTopic) ?? topics.Raw,
            HeaderNumber(record, HeaderNames.OriginalPartition) is { } partition ? (int)partition : null,
            HeaderNumber(record, HeaderNames.OriginalOffset), [.. record.Headers], payload);
    }

    /// <summary>What a rejection is known by (contract section 8): its store, event id, stage and the SHA-256 of its payload.</summary>
    public static string IdOf(string? storeId, Guid eventId, string stage, ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(payload, hash);
        SHA256.HashData(Encoding.UTF8.GetBytes($"{storeId}\n{eventId}\n{stage}\n{Convert.ToHexStringLower(hash)}"), hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>Whether all of them had room.</summary>
    private static bool AddOwn(List<RecordHeader> headers, IReadOnlyList<RecordHeader> own)
    {
        if (own.Count <= MaxHeaders && own.Sum(static header => (long)header.Size + HeaderOverhead) <= MaxHeaderBytes)
        {
            headers.AddRange(own);
            return true;
        }

        // The last of a name counts: what a replay needs goes behind all others, and has room kept for it.
        var needed = new[] { HeaderNames.ReceivedAt, HeaderNames.Producer, HeaderNames.TraceParent }
            .Select(name => own.LastOrDefault(header => header.Key == name))
            .Where(static header => header.Key is not null && header.Size <= 1024)
            .ToArray();
        var room = MaxHeaderBytes - (needed.Length * (1024 + HeaderOverhead));
        foreach (var header in own)
        {
            if (headers.Count == MaxHeaders - needed.Length)
                break;
            if (header.Size + HeaderOverhead > room)
                continue;
            room -= header.Size + HeaderOverhead;
            headers.Add(header);
        }

        headers.AddRange(needed);
        return false;
    }

    private static void AddReason(List<RecordHeader> headers, string stage, Guid eventId, EventError error, bool isWhole)
    {
        // A rejection that is replayed and rejected again has these of before; the last of a name counts, so only the new ones stay.
        headers.RemoveAll(static header => HeaderNames.IsOfRejection(header.Key));
        headers.Add(Text(HeaderNames.EventId, eventId.ToString()));
        headers.Add(Text(HeaderNames.RejectionStage, stage));
        headers.Add(Text(HeaderNames.RejectionCode, error.Code.ToText()));
        headers.Add(Text(HeaderNames.RejectionDetail, error.Detail.Length <= MaxDetail ? error.Detail : error.Detail[..MaxDetail] + "…"));
        if (error.Pointer.Length > 0)
            headers.Add(Text(HeaderNames.RejectionPointer, error.Pointer));
        if (!isWhole)
            headers.Add(Text(HeaderNames.HeadersTruncated, "true"));
    }

    private static ReadOnlyMemory<byte>? Cut(ReadOnlyMemory<byte>? payload, List<RecordHeader> headers)
    {
        if (payload is not { } bytes || bytes.Length <= Limits.MaxEventBytes)
            return payload;
        // The largest event that is valid may stand behind a frame: cut, it could not be replayed when its store is there.
        if (SchemaFrame.TakeOff(bytes).Length <= Limits.MaxEventBytes)
            return payload;
        headers.Add(Number(HeaderNames.PayloadBytes, bytes.Length));
        headers.Add(Text(HeaderNames.PayloadTruncated, "true"));
        return bytes[..TruncatedPayloadBytes];
    }

    private static RecordHeader Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

    private static RecordHeader Number(string name, long number) => Text(name, number.ToString(CultureInfo.InvariantCulture));

    private static string? HeaderText(LogRecord record, string name) =>
        record.Header(name) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static long? HeaderNumber(LogRecord record, string name) =>
        record.Header(name) is { } bytes && long.TryParse(bytes.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string? Decode(ReadOnlySpan<byte> utf8) => System.Text.Unicode.Utf8.IsValid(utf8) ? Utf8.GetString(utf8) : null;
}
