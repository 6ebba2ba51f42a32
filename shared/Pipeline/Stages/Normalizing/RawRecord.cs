using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>A record of the raw topic after its headers were read and its event checked: contract section 9.</summary>
internal sealed class RawRecord
{
    private RawRecord(LogRecord record) => Record = record;

    /// <summary>The record itself.</summary>
    public LogRecord Record { get; }

    /// <summary>The event's id: the producer's own, or derived from the record.</summary>
    public Guid EventId { get; private set; }

    /// <summary>Whether the id may have been used before: a producer chose it, or the record is a replay.</summary>
    public bool IsIdChosen { get; private set; }

    /// <summary>Whether the operator sent it again: its first attempt may have left a claim on its id, which it goes on with.</summary>
    public bool IsReplay { get; private set; }

    /// <summary>The store that the key names; null where it cannot be a store's id.</summary>
    public string? StoreId { get; private set; }

    /// <summary>When the event was received, UTC, to the millisecond.</summary>
    public DateTime ReceivedAt { get; private set; }

    /// <summary><c>http</c> or <c>kafka</c>.</summary>
    public string Producer { get; private set; } = "kafka";

    /// <summary>The event; null where it is refused.</summary>
    public CustomEvent? Event { get; private set; }

    /// <summary>Why it is refused; the first error that was found.</summary>
    public EventError? Error { get; private set; }

    /// <summary>Reads one.</summary>
    public static RawRecord Read(LogRecord record, EventParser parser, List<EventError> errors)
    {
        var raw = new RawRecord(record);
        var headerError = raw.ReadHeaders();
        if (record.Key is not { } key)
            raw.Error = new EventError("", ErrorCode.MissingKey, "The record has no key; the key is the store's id as UTF-8.");
        else if (!Events.StoreId.IsValid(key.Span))
            raw.Error = new EventError("", ErrorCode.UnknownStore, "The record's key is no store's id: 1 to 64 of A-Z a-z 0-9 _ -.");
        else
            raw.StoreId = FrequentTexts.Of(key.Span);
        if (raw.Error is not null)
            return raw;

        if (record.Value is not { } value)
        {
            raw.Error = new EventError("", ErrorCode.InvalidJson, "The record has no value; an event as JSON was expected.");
            return raw;
        }

        if (headerError is { } found)
        {
            raw.Error = found;
            return raw;
        }

        errors.Clear();
        raw.Event = parser.Parse(SchemaFrame.TakeOff(value), errors);
        if (raw.Event is null)
            raw.Error = errors[0];
        return raw;
    }

    /// <summary>What <see cref="Stores.IdClaim.Content"/> knows a record by.</summary>
    public long Fingerprint()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Record.Value is { } value ? value.Span : default, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    private EventError? ReadHeaders()
    {
        EventError? error = null;
        var hasId = false;
        IsReplay = Record.Header(HeaderNames.ReplayOf) is not null;
        if (Record.Header(HeaderNames.Producer) is { } producer && producer.Span.SequenceEqual("http"u8))
            Producer = "http";

        if (Record.Header(HeaderNames.EventId) is { } idText)
        {
            hasId = EventIds.TryParse(idText.Span, out var id);
            if (hasId)
            {
                EventId = id;
                // The API draws ids of version 7 and uses each once; only a replay brings one back.
                IsIdChosen = IsReplay || Producer != "http" || id.Version != 7;
            }
            else
            {
                error = new EventError("", ErrorCode.InvalidFormat, $"The header event-id is {Echo(idText.Span)}; a UUID as 8-4-4-4-12 hexadecimal digits was expected.");
            }
        }

        if (!hasId)
            EventId = Record.DerivedEventId;

        ReceivedAt = Record.Timestamp;
        if (Record.Header(HeaderNames.ReceivedAt) is { } receivedText)
        {
            if (Rfc3339.TryParse(receivedText.Span, out var receivedAt))
                ReceivedAt = receivedAt;
            else
                error ??= new EventError("", ErrorCode.InvalidFormat, $"The header received-at is {Echo(receivedText.Span)}; an RFC 3339 date-time with an offset was expected.");
        }
        else if (!Record.HasTime)
        {
            error ??= new EventError("", ErrorCode.InvalidFormat, "The record's timestamp lies outside of the years 1 to 9999: set it in milliseconds since 1970, or tell the time of receipt in the header received-at.");
        }

        return error;
    }

    // Whoever lists rejections reads this in a terminal: a header's control characters must not reach it.
    private static string Echo(ReadOnlySpan<byte> text)
    {
        var found = Encoding.UTF8.GetString(text[..Math.Min(text.Length, Limits.MaxEcho)]).ToCharArray();
        foreach (ref var c in found.AsSpan())
        {
            if (char.IsControl(c))
                c = '\uFFFD';
        }

        return text.Length > Limits.MaxEcho ? $"\"{new string(found)}…\"" : $"\"{new string(found)}\"";
    }
}
