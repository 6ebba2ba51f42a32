using System.Buffers;
using System.Globalization;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>The normalizer's work on one partition; its caches go with it.</summary>
internal sealed class NormalizerLane(
    KnownStores stores, IClaimStore claims, IEventStore events, IdentityResolver resolver, TopicNames topics) : IStageLane
{
    // A producer may make any header long, and a normalized record has little room.
    private const int MaxKeptBytes = 64;

    // What the buffer of the lane is kept at; a larger event gets one of its own.
    private const int MaxKeptBuffer = 256 * 1024;
    private readonly IClaimStore _claims = claims;
    private readonly IEventStore _events = events;
    private readonly IdentityResolver _resolver = resolver;
    private readonly EventParser _parser = new();
    private readonly List<EventError> _errors = [];

    // Of the one batch that is in work.
    private ArrayBufferWriter<byte> _output = new();

    /// <inheritdoc />
    public IPreparedBatch Prepare(IReadOnlyList<LogRecord> records)
    {
        var raw = new RawRecord[records.Count];
        for (var i = 0; i < raw.Length; i++)
            raw[i] = RawRecord.Read(records[i], _parser, _errors);
        return new Batch(this, raw);
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private sealed class Batch(NormalizerLane lane, RawRecord[] records) : IPreparedBatch
    {
        public async Task<IReadOnlyList<Outcome>> ProcessAsync(CancellationToken cancellationToken)
        {
            var outcomes = new Outcome?[records.Length];
            await RejectInvalidAsync(outcomes, cancellationToken);
            await DropUsedIdsAsync(outcomes, cancellationToken);
            await DropDuplicatesAsync(outcomes, cancellationToken);
            await ProduceAsync(outcomes, cancellationToken);
            return Array.ConvertAll(outcomes, outcome => outcome!.Value);
        }

        public void Dispose()
        {
        }

        private async Task RejectInvalidAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var unknown = await lane.FindUnknownStoresAsync(records, cancellationToken);
            for (var i = 0; i < records.Length; i++)
            {
                var record = records[i];
                if (record.StoreId is { } storeId && unknown.Contains(storeId))
                    outcomes[i] = Reject(record, new EventError("", ErrorCode.UnknownStore, $"There is no store \"{storeId}\"."));
                else if (record.Error is { } error)
                    outcomes[i] = Reject(record, error);
            }
        }

        /// <summary>
        /// An id that its own store used is a redelivery, whatever it contains; one of another store is a conflict (contract sections 6 and 9). What is
        /// stored came before all of the batch. Of the rest the first valid record of an id uses it, whatever becomes of it: its claim says so before
        /// it is a duplicate or not, so that a second record of the id never claims a <c>uniqueId</c> or links an identifier for an event that is not stored.
        /// </summary>
        private async Task DropUsedIdsAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var chosen = new List<int>();
            var ids = new HashSet<Guid>();
            for (var i = 0; i < records.Length; i++)
            {
                if (outcomes[i] is null && records[i].IsIdChosen)
                {
                    chosen.Add(i);
                    ids.Add(records[i].EventId);
                }
            }

            if (chosen.Count == 0)
                return;
            var owners = await lane._events.FindOwnersAsync(ids, cancellationToken);
            var claims = new List<IdClaim>(ids.Count);
            var places = new Dictionary<Guid, int>(ids.Count);
            foreach (var i in chosen)
            {
                var record = records[i];
                if (owners.TryGetValue(record.EventId, out var owner))
                    outcomes[i] = Reuse(record, owner);
                else if (places.TryAdd(record.EventId, claims.Count))
                    claims.Add(new IdClaim(record.EventId, record.StoreId!, record.Record.Position, record.Fingerprint()));
            }

            if (claims.Count == 0)
                return;
            var holders = await lane._claims.ClaimIdsAsync(claims, cancellationToken);
            foreach (var i in chosen)
            {
                if (outcomes[i] is null && holders[places[records[i].EventId]] is var holder && !IsUse(records[i], holder))
                    outcomes[i] = Reuse(records[i], holder.StoreId);
            }
        }

        /// <summary>
        /// Whether a record is the one that uses its id: itself; or the same event at another place, where the first cannot come any more, being replayed, or
        /// lost with a topic that was made anew.
        /// </summary>
        private static bool IsUse(RawRecord record, in IdClaim holder) =>
            holder.Position == record.Record.Position
            || ((record.IsReplay || holder.Position.TopicId != record.Record.Position.TopicId)
                && holder.StoreId == record.StoreId && holder.Content == record.Fingerprint());

        private async Task DropDuplicatesAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var batch = new List<Claim>(records.Length);
            var places = new Dictionary<(string StoreId, string UniqueId), int>(records.Length);
            for (var i = 0; i < records.Length; i++)
            {
                if (outcomes[i] is null && records[i].Event!.UniqueId is { } uniqueId
                    && places.TryAdd((records[i].StoreId!, uniqueId), batch.Count))
                    batch.Add(new Claim(records[i].StoreId!, uniqueId, records[i].EventId));
            }

            if (batch.Count == 0)
                return;
            var holders = await lane._claims.ClaimAsync(batch, cancellationToken);
            for (var i = 0; i < records.Length; i++)
            {
                if (outcomes[i] is null && records[i].Event!.UniqueId is { } uniqueId
                    && holders[places[(records[i].StoreId!, uniqueId)]] != records[i].EventId)
                    outcomes[i] = Outcome.Duplicate;
            }
        }

        private async Task ProduceAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var requests = new List<IdentityRequest>(records.Length);
            for (var i = 0; i < records.Length; i++)
            {
                var record = records[i];
                if (outcomes[i] is null)
                {
                    requests.Add(new IdentityRequest(
                        record.StoreId!, record.Event!.Customer, record.EventId, record.Record.Position, record.ReceivedAt));
                }
            }

            if (requests.Count == 0)
                return;
            var resolved = await lane._resolver.ResolveAsync(requests, cancellationToken);
            var next = 0;
            for (var i = 0; i < records.Length; i++)
            {
                if (outcomes[i] is null)
                    outcomes[i] = Outcome.Produced(lane.Normalize(records[i], resolved[next++]));
            }
        }

        private static Outcome Reuse(RawRecord record, string owner) => owner == record.StoreId
            ? Outcome.Duplicate
            : Outcome.Rejected(StageRejection.IdConflict(record.EventId));

        private static Outcome Reject(RawRecord record, EventError error) => Outcome.Rejected(new StageRejection(record.EventId, error));
    }

    private Task<IReadOnlySet<string>> FindUnknownStoresAsync(RawRecord[] records, CancellationToken cancellationToken) =>
        stores.FindUnknownAsync(records.Where(record => record.StoreId is not null).Select(record => record.StoreId!), cancellationToken);

    private OutgoingRecord Normalize(RawRecord record, ResolvedIdentity identity)
    {
        var normalized = new NormalizedEvent
        {
            EventId = record.EventId,
            StoreId = record.StoreId!,
            CustomerId = identity.CustomerId,
            ReceivedAt = record.ReceivedAt,
            Producer = record.Producer,
            Topic = record.Record.Topic,
            Position = record.Record.Position,
            IdentifierAdded = identity.IdentifierAdded,
            Event = record.Event!,
        };
        if (_output.Capacity > MaxKeptBuffer)
            _output = new();
        // Before and not behind it: whatever became of the record before, nothing of it is in this one.
        _output.ResetWrittenCount();
        normalized.Write(_output);
        // Of its exact length, so that the log's client takes it as it is.
        var value = _output.WrittenSpan.ToArray();
        return new OutgoingRecord(topics.Normalized, record.Record.Key, value, HeadersOf(record));
    }

    private static List<RecordHeader> HeadersOf(RawRecord record)
    {
        var eventId = new byte[36];
        record.EventId.TryFormat(eventId, out _);
        List<RecordHeader> headers = [new(HeaderNames.EventId, eventId), new(HeaderNames.ReceivedAt, ReceivedAt(record))];
        if (record.Record.Header(HeaderNames.ReplayOf) is { Length: <= MaxKeptBytes } replayOf)
            headers.Add(new RecordHeader(HeaderNames.ReplayOf, replayOf.ToArray()));
        if (record.Record.Header(HeaderNames.TraceParent) is { Length: HeaderNames.TraceParentBytes } traceParent)
            headers.Add(new RecordHeader(HeaderNames.TraceParent, traceParent.ToArray()));
        return headers;
    }

    /// <summary>Lag and freshness are counted from the receipt in every topic.</summary>
    private static byte[] ReceivedAt(RawRecord record)
    {
        if (record.Record.Header(HeaderNames.ReceivedAt) is { Length: <= MaxKeptBytes } given)
            return given.ToArray();
        Span<byte> text = stackalloc byte[MaxKeptBytes];
        record.ReceivedAt.TryFormat(text, out var length, "O", CultureInfo.InvariantCulture);
        return text[..length].ToArray();
    }
}
