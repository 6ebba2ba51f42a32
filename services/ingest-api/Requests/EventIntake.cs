using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CustomEvents.Events;
using CustomEvents.IngestApi.Answers;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.IngestApi.Requests;

/// <summary>Makes records of a request's events (contract sections 2 and 8) and appends them. An event's own bytes go on untouched.</summary>
internal sealed class EventIntake(ILogWriter log, TopicNames topics, TimeProvider time)
{
    private const int MaxIdle = 256;
    private const string SingleName = "events";
    private const string BulkName = "events/bulk";

    private static readonly RecordHeader ProducerHeader = new(HeaderNames.Producer, "http"u8.ToArray());
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly ConcurrentBag<ReceivedEvents> _idle = [];
    private readonly ConcurrentDictionary<string, byte[]> _recordKeys = new(StringComparer.Ordinal);

    /// <summary>Reads the body of the endpoint for one event. The result refers to the body.</summary>
    public ReceivedEvents ReadSingle(string storeId, string? idempotencyKey, ReadOnlyMemory<byte> body)
    {
        var received = Rent();
        if (received.Parser.Parse(body, received.Errors) is null)
        {
            Debug.Assert(received.Errors.Count > 0, "what is refused has a reason");
            return received;
        }

        var receivedAt = time.GetUtcNow();
        var eventId = idempotencyKey is null
            ? Guid.CreateVersion7(receivedAt)
            : EventIds.FromIdempotencyKey(storeId, SingleName, idempotencyKey, WithoutByteOrderMark(body.Span), 0);
        var common = CommonHeaders(receivedAt);
        received.Records.Add(new OutgoingRecord(topics.Raw, KeyOf(storeId), body, HeadersOf(eventId, common)));
        received.Results.Add(new BulkResult(eventId, null));
        return received;
    }

    /// <summary>Reads the body of the endpoint for many events. The result refers to the body.</summary>
    public ReceivedEvents ReadBulk(string storeId, string? idempotencyKey, ReadOnlyMemory<byte> body)
    {
        var received = Rent();
        if (!BulkEnvelope.TryRead(body, received.Events, received.Errors))
        {
            Debug.Assert(received.Errors.Count > 0, "what is refused has a reason");
            return received;
        }

        var receivedAt = time.GetUtcNow();
        var seen = idempotencyKey is null ? null : new Occurrences(received.Events.Count);
        for (var i = 0; i < received.Events.Count; i++)
        {
            var json = received.Events[i];
            var eventId = seen is null
                ? Guid.CreateVersion7(receivedAt)
                : EventIds.FromIdempotencyKey(storeId, BulkName, idempotencyKey!, json.Span, seen.Add(json));
            var errors = Check(received, json);
            received.Results.Add(new BulkResult(eventId, errors is null ? null : InRequest(errors, i)));
            received.FirstErrors.Add(errors?[0]);
            if (errors is not null)
                received.Rejected++;
        }

        if (received.Accepted == 0)
        {
            RefuseAll(received);
            return received;
        }

        var common = CommonHeaders(receivedAt);
        var recordKey = KeyOf(storeId);
        for (var i = 0; i < received.Events.Count; i++)
        {
            var eventId = received.Results[i].EventId;
            var headers = HeadersOf(eventId, common);
            received.Records.Add(received.FirstErrors[i] is { } error
                ? RejectionRecords.CreateForApi(topics.Rejected, storeId, received.Events[i], eventId, error, headers)
                : new OutgoingRecord(topics.Raw, recordKey, received.Events[i], headers));
        }

        return received;
    }

    /// <summary>Appends what was read; completes when the log has all of it.</summary>
    /// <exception cref="LogWriteException">The log did not take all of it.</exception>
    public Task AppendAsync(ReceivedEvents received) => log.AppendMeasuredAsync(topics.System, received.Records, CancellationToken.None);

    private static List<EventError>? Check(ReceivedEvents received, ReadOnlyMemory<byte> json)
    {
        if (json.Length > Limits.MaxEventBytes)
        {
            return [new EventError("", ErrorCode.TooLarge, string.Create(
                CultureInfo.InvariantCulture, $"An event has at most {Limits.MaxEventBytes} bytes; this one has {json.Length}."))];
        }

        if (received.Parser.Parse(json, received.Errors) is not null)
            return null;
        var errors = new List<EventError>(received.Errors);
        received.Errors.Clear();
        return errors;
    }

    private static EventError[] InRequest(List<EventError> errors, int index)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"/events/{index}");
        var moved = new EventError[errors.Count];
        for (var i = 0; i < moved.Length; i++)
            moved[i] = errors[i] with { Pointer = prefix + errors[i].Pointer };
        return moved;
    }

    /// <summary>Where no event is valid the answer tells all itself, and nothing is recorded.</summary>
    private static void RefuseAll(ReceivedEvents received)
    {
        foreach (var result in received.Results)
        {
            foreach (var error in result.Errors!)
            {
                if (received.Errors.Count == Limits.MaxErrors)
                    return;
                received.Errors.Add(error);
            }
        }
    }

    private static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> json) =>
        json.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;

    /// <summary>The headers that all events of a request share.</summary>
    private static RecordHeader[] CommonHeaders(DateTimeOffset receivedAt)
    {
        var at = new byte[28];
        receivedAt.UtcDateTime.TryFormat(at, out var length, "O", CultureInfo.InvariantCulture);
        Debug.Assert(length == at.Length, "a UTC time has 28 characters");
        var receivedAtHeader = new RecordHeader(HeaderNames.ReceivedAt, at);
        return Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } traceParent }
            ? [receivedAtHeader, ProducerHeader, new RecordHeader(HeaderNames.TraceParent, Encoding.ASCII.GetBytes(traceParent))]
            : [receivedAtHeader, ProducerHeader];
    }

    private static RecordHeader[] HeadersOf(Guid eventId, RecordHeader[] common)
    {
        var id = new byte[36];
        eventId.TryFormat(id, out _);
        var headers = new RecordHeader[common.Length + 1];
        headers[0] = new RecordHeader(HeaderNames.EventId, id);
        common.CopyTo(headers, 1);
        return headers;
    }

    private byte[] KeyOf(string storeId)
    {
        if (_recordKeys.TryGetValue(storeId, out var key))
            return key;
        key = Encoding.UTF8.GetBytes(storeId);
        if (_recordKeys.Count < 10_000)
            _recordKeys.TryAdd(storeId, key);
        return key;
    }

    private ReceivedEvents Rent() => _idle.TryTake(out var received) ? received : new ReceivedEvents(GiveBack);

    private void GiveBack(ReceivedEvents received)
    {
        if (_idle.Count < MaxIdle)
            _idle.Add(received);
    }

    /// <summary>How many events of equal bytes stand before one in its request.</summary>
    private sealed class Occurrences(int capacity)
    {
        private readonly List<(int Hash, ReadOnlyMemory<byte> Json, int Occurrence)> _seen = new(capacity);

        public int Add(ReadOnlyMemory<byte> json)
        {
            var hasher = new HashCode();
            hasher.AddBytes(json.Span);
            var hash = hasher.ToHashCode();
            var occurrence = 0;
            for (var i = _seen.Count - 1; i >= 0; i--)
            {
                if (_seen[i].Hash != hash || !_seen[i].Json.Span.SequenceEqual(json.Span))
                    continue;
                occurrence = _seen[i].Occurrence + 1;
                break;
            }

            _seen.Add((hash, json, occurrence));
            return occurrence;
        }
    }
}
