using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Tracing;

/// <summary>
/// Finds out where one event is: asks the stores first, which answer at once, then reads the raw topic from a time on, the store's own partition before
/// the others, where a direct producer may have put it, and the store's partition of the normalized one.
/// </summary>
internal sealed class EventTracer(
    IEventReader events, IClaimStore claims, IRejectionStore rejections, ILogInspector log, TopicNames topics, TimeProvider time)
{
    private static readonly TimeSpan LooksBack = TimeSpan.FromHours(1);

    // A version 7 id has the time at which its API drew it; clocks differ, and the record's own time is the log's.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(1);

    public async Task<Trace> ByEventIdAsync(string storeId, Guid eventId, DateTime? since, CancellationToken cancellationToken)
    {
        if (await SettledAsync(storeId, eventId, [], cancellationToken) is { } settled)
            return settled;

        var from = since ?? TimeOf(eventId) ?? Recently;
        var searched = new List<Searched>();
        var record = await FindRawAsync(storeId, record => record.EventId == eventId, from, searched, cancellationToken);
        if (record is not null && UniqueIds.Of(record.Value) is { } uniqueId &&
            await claims.FindAsync(storeId, uniqueId, cancellationToken) is { } first && first != eventId)
        {
            return new Trace(TraceStatus.Duplicate, eventId) { DuplicateOf = first, Record = record, Searched = searched };
        }

        return await BehindRawAsync(storeId, eventId, record, from, searched, cancellationToken);
    }

    public async Task<Trace> ByUniqueIdAsync(string storeId, string uniqueId, DateTime? since, CancellationToken cancellationToken)
    {
        if (await events.FindByUniqueIdAsync(storeId, uniqueId, cancellationToken) is { } stored)
            return await StoredAsync(stored, [], cancellationToken);

        var from = since ?? Recently;
        if (await claims.FindAsync(storeId, uniqueId, cancellationToken) is { } claimant)
        {
            var trace = await ByEventIdAsync(storeId, claimant, since, cancellationToken);
            // A claim is proof that the event was seen, even where its record is older than what was read.
            return trace.Status == TraceStatus.NotSeen ? trace with { Status = TraceStatus.InLog } : trace;
        }

        await foreach (var rejection in rejections.ListAsync(new RejectionFilter(storeId, Since: from), cancellationToken))
        {
            // One payload at a time: a listing has none.
            if (IsPending(rejection) && await rejections.FindAsync(rejection.Id, cancellationToken) is { } whole && UniqueIds.Has(whole.Payload, uniqueId))
                return new Trace(TraceStatus.Rejected, rejection.EventId) { Rejection = rejection };
        }

        var searched = new List<Searched>();
        var record = await FindRawAsync(storeId, record => UniqueIds.Has(record.Value, uniqueId), from, searched, cancellationToken);
        if (record is null)
            return new Trace(TraceStatus.NotSeen, null) { Searched = searched };
        return await BehindRawAsync(storeId, record.EventId, record, from, searched, cancellationToken);
    }

    private DateTime Recently => time.GetUtcNow().UtcDateTime - LooksBack;

    private static DateTime? TimeOf(Guid eventId)
    {
        if (eventId.Version != 7)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        eventId.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = ((long)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) |
            System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        // A producer may draw ids of version 7 with any time in them.
        return milliseconds is > 0 and < 253_402_300_800_000 ? DateTime.UnixEpoch.AddMilliseconds(milliseconds) - ClockDifference : null;
    }

    private async Task<Trace> BehindRawAsync(
        string storeId, Guid eventId, LogRecord? raw, DateTime from, List<Searched> searched, CancellationToken cancellationToken)
    {
        if (await FindNormalizedAsync(storeId, eventId, from, searched, cancellationToken) is { } normalized)
        {
            // It may have been stored while the topics were read.
            return await SettledAsync(storeId, eventId, searched, cancellationToken) ??
                new Trace(TraceStatus.Normalized, eventId) { Record = normalized, Searched = searched };
        }

        if (raw is null)
            return new Trace(TraceStatus.NotSeen, eventId) { Searched = searched };
        return await SettledAsync(storeId, eventId, searched, cancellationToken) ??
            new Trace(TraceStatus.InLog, eventId) { Record = raw, Searched = searched };
    }

    private async Task<Trace?> SettledAsync(string storeId, Guid eventId, List<Searched> searched, CancellationToken cancellationToken)
    {
        if (await events.FindByEventIdAsync(storeId, eventId, cancellationToken) is { } stored)
            return await StoredAsync(stored, searched, cancellationToken);
        return await PendingRejectionAsync(storeId, eventId, cancellationToken) is { } rejection
            ? new Trace(TraceStatus.Rejected, eventId) { Rejection = rejection, Searched = searched }
            : null;
    }

    // Another record of its event-id may have been refused, and be open still.
    private async Task<Trace> StoredAsync(StoredEvent stored, List<Searched> searched, CancellationToken cancellationToken) => new(TraceStatus.Stored, stored.EventId)
    {
        Stored = stored,
        Rejection = await PendingRejectionAsync(stored.StoreId, stored.EventId, cancellationToken),
        Searched = searched,
    };

    private async Task<Rejection?> PendingRejectionAsync(string storeId, Guid eventId, CancellationToken cancellationToken)
    {
        await foreach (var rejection in rejections.ListAsync(new RejectionFilter(storeId, EventId: eventId), cancellationToken))
        {
            if (IsPending(rejection))
                return rejection;
        }

        return null;
    }

    // What was replayed is on its way again, until it is refused anew.
    private static bool IsPending(Rejection rejection) => rejection.ReplayedAt is not { } replayed || rejection.RejectedAt > replayed;

    private async Task<LogRecord?> FindRawAsync(
        string storeId, Func<LogRecord, bool> isIt, DateTime from, List<Searched> searched, CancellationToken cancellationToken)
    {
        var key = Encoding.ASCII.GetBytes(storeId);
        var (own, others) = await PartitionsAsync(topics.Raw, key, cancellationToken);
        return await FindAsync(topics.Raw, own, IsIt, from, searched, cancellationToken)
            ?? await FindAsync(topics.Raw, others, IsIt, from, searched, cancellationToken);

        bool IsIt(LogRecord record) => record.Key is { } recordKey && recordKey.Span.SequenceEqual(key) && isIt(record);
    }

    private async Task<LogRecord?> FindNormalizedAsync(
        string storeId, Guid eventId, DateTime from, List<Searched> searched, CancellationToken cancellationToken)
    {
        // The pipeline's own records are where their key belongs.
        var (own, _) = await PartitionsAsync(topics.Normalized, Encoding.ASCII.GetBytes(storeId), cancellationToken);
        return await FindAsync(
            topics.Normalized, own,
            record => record.Value is { } value && NormalizedEvent.TryRead(value, out var normalized, out _) && normalized!.EventId == eventId && normalized.StoreId == storeId,
            from, searched, cancellationToken);
    }

    private async Task<(int[] Own, int[] Others)> PartitionsAsync(string topic, byte[] key, CancellationToken cancellationToken)
    {
        var count = await log.PartitionsAsync(topic, cancellationToken);
        if (count == 0)
            return ([], []);
        var own = Murmur2.Partition(key, count);
        return ([own], [.. Enumerable.Range(0, count).Where(partition => partition != own)]);
    }

    private async Task<LogRecord?> FindAsync(
        string topic, int[] partitions, Func<LogRecord, bool> isIt, DateTime from, List<Searched> searched, CancellationToken cancellationToken)
    {
        if (partitions.Length == 0)
            return null;
        var read = 0L;
        LogRecord? found = null;
        await foreach (var record in log.ReadAsync(topic, partitions, from, cancellationToken))
        {
            read++;
            if (!isIt(record))
                continue;
            found = record;
            break;
        }

        searched.Add(new Searched(topic, partitions, from, read));
        return found;
    }
}
