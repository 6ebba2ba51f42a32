using System.Buffers;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>The normalizer's work on one partition; its caches go with it.</summary>
internal sealed class NormalizerLane(
    KnownStores stores, IClaimStore claims, IEventStore events, IdentityResolver resolver, TopicNames topics) : IStageLane
{
    private const int SeenIdsCapacity = 100_000;

    // Of another length it is malformed, and goes no further (contract section 9).
    private const int TraceParentBytes = 55;
    private readonly IClaimStore _claims = claims;
    private readonly IEventStore _events = events;
    private readonly IdentityResolver _resolver = resolver;
    private readonly EventParser _parser = new();
    private readonly List<EventError> _errors = [];

    // Which record first used an id that its producer chose: bridges the time until the event is stored and found there.
    private readonly GenerationalCache<Guid, (string StoreId, Position Position)> _seenIds = new(SeenIdsCapacity);

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
            for (var i = 0; i < records.Length; i++)
            {
                if (records[i] is { IsIdChosen: true, IsReplay: false } record && outcomes[i]!.Value.Kind == OutcomeKind.Produced)
                    lane._seenIds.Set(record.EventId, (record.StoreId!, record.Record.Position));
            }

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

        /// <summary>An id that its own store used is a redelivery, whatever it contains; one of another store is a conflict (contract sections 6 and 9).</summary>
        private async Task DropUsedIdsAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            HashSet<Guid>? unseen = null;
            for (var i = 0; i < records.Length; i++)
            {
                if (outcomes[i] is null && records[i].IsIdChosen && FirstUse(records[i]) is null)
                    (unseen ??= []).Add(records[i].EventId);
            }

            var owners = unseen is null ? null : await lane._events.FindOwnersAsync(unseen, cancellationToken);
            // Within the batch the first wins, but what is stored came before it: only then is a misuse of the id not taken for its first use.
            Dictionary<Guid, (string StoreId, Position Position)>? first = null;
            for (var i = 0; i < records.Length; i++)
            {
                var record = records[i];
                if (outcomes[i] is not null || !record.IsIdChosen)
                    continue;
                if (owners is not null && owners.TryGetValue(record.EventId, out var owner))
                {
                    outcomes[i] = Reuse(record, owner);
                    continue;
                }

                if (FirstUse(record) is { } use || (first is not null && first.TryGetValue(record.EventId, out use)))
                {
                    if (use.Position != record.Record.Position)
                        outcomes[i] = Reuse(record, use.StoreId);
                }
                else
                {
                    (first ??= []).Add(record.EventId, (record.StoreId!, record.Record.Position));
                }
            }
        }

        private (string StoreId, Position Position)? FirstUse(RawRecord record) =>
            !record.IsReplay && lane._seenIds.TryGet(record.EventId, out var use) ? use : null;

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
            : Reject(record, new EventError("", ErrorCode.EventIdConflict, $"The event-id {record.EventId} was already used by another store."));

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
        var output = new ArrayBufferWriter<byte>(record.Event!.Source.Length + 512);
        normalized.Write(output);
        var eventId = new RecordHeader(HeaderNames.EventId, Encoding.ASCII.GetBytes(record.EventId.ToString()));
        RecordHeader[] headers = record.Record.Header(HeaderNames.TraceParent) is { Length: TraceParentBytes } traceParent
            ? [eventId, new RecordHeader(HeaderNames.TraceParent, traceParent)]
            : [eventId];
        return new OutgoingRecord(topics.Normalized, record.Record.Key, output.WrittenMemory, headers);
    }
}
