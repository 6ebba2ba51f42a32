using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Persisting;

/// <summary>The persister's work on one partition; its caches go with it.</summary>
internal sealed class PersisterLane(PersisterStage stage, IEventStore events, ProfilePatcher profiles, CatalogRecorder catalog) : IStageLane
{
    private readonly PersisterStage _stage = stage;
    private readonly IEventStore _events = events;
    private readonly ProfilePatcher _profiles = profiles;
    private readonly CatalogRecorder _catalog = catalog;

    /// <inheritdoc />
    public IPreparedBatch Prepare(IReadOnlyList<LogRecord> records)
    {
        var items = new List<Item>(records.Count);
        var encoder = _events.NewEncoder();
        try
        {
            foreach (var record in records)
                items.Add(Read(record, encoder));
            return new Batch(this, items, encoder);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private static Item Read(LogRecord record, IEventEncoder encoder)
    {
        // Nobody but the normalizer writes here. What it cannot have written no other attempt will read, and its bytes are kept by the rejection.
        if (record.Value is not { } value)
            throw new RecordFaultException(ErrorCode.Unprocessable, "The record has no value; a normalized event was expected.");
        if (!NormalizedEvent.TryRead(value, out var normalized, out var problem))
        {
            // Of a good event that only this program is too old for: it waits for the newer one, which a deployment brings.
            throw NormalizedEvent.IsNewer(value.Span)
                ? new InfrastructureException($"{record.Topic}[{record.Position.Partition}]@{record.Position.Offset} was written by a newer normalizer ({problem}) Deploy the persister of that version.")
                : new RecordFaultException(ErrorCode.Unprocessable, $"No normalized event: {problem}");
        }

        try
        {
            return new Item(record, normalized, encoder.Encode(normalized), null);
        }
        catch (RecordFaultException fault)
        {
            return new Item(record, normalized, null, new EventError("", fault.Code, fault.Message));
        }
    }

    /// <summary>An event, in the form in which it is written, or why it cannot be.</summary>
    private readonly record struct Item(LogRecord Record, NormalizedEvent Event, IEncodedEvent? Encoded, EventError? Error);

    private sealed class Batch(PersisterLane lane, List<Item> items, IEventEncoder encoder) : IPreparedBatch
    {
        public async Task<IReadOnlyList<Outcome>> ProcessAsync(CancellationToken cancellationToken)
        {
            var outcomes = new Outcome?[items.Count];
            await DropStoredAsync(outcomes, cancellationToken);
            await PatchProfilesAsync(outcomes, cancellationToken);

            var left = new List<int>(items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                if (outcomes[i] is null)
                    left.Add(i);
            }

            if (left.Count > 0)
            {
                var encoded = left.ConvertAll(i => items[i].Encoded!);
                // A reader who sees an event sees its segment entries too: the events come last.
                await Task.WhenAll(
                    lane._catalog.RecordAsync(left.ConvertAll(i => items[i].Event), cancellationToken),
                    lane._events.IndexAsync(encoded, cancellationToken));
                await InsertAsync(left, encoded, outcomes, cancellationToken);
            }

            await AddOriginalsAsync(outcomes, cancellationToken);
            return Array.ConvertAll(outcomes, outcome => outcome!.Value);
        }

        public void Dispose() => encoder.Dispose();

        /// <summary>What is stored, or stands in the batch before, is dropped before anything is patched or indexed for it.</summary>
        private async Task DropStoredAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var first = new Dictionary<Guid, string>(items.Count);
            var uniqueIds = new HashSet<(string StoreId, string UniqueId)>();
            foreach (var item in items)
                first.TryAdd(item.Event.EventId, item.Event.StoreId);
            var owners = await lane._events.FindOwnersAsync(first.Keys, cancellationToken);
            first.Clear();
            var orphans = new List<IEncodedEvent>();
            for (var i = 0; i < items.Count; i++)
            {
                var normalized = items[i].Event;
                if (owners.TryGetValue(normalized.EventId, out var owner) || first.TryGetValue(normalized.EventId, out owner))
                {
                    if (owner == normalized.StoreId)
                    {
                        lane._profiles.Forget(normalized.StoreId, normalized.CustomerId);
                        outcomes[i] = Outcome.Done;
                    }
                    else
                    {
                        // An attempt that ended between its insert and the removal of its entries left them.
                        if (items[i].Encoded is { } encoded)
                            orphans.Add(encoded);
                        outcomes[i] = Conflict(normalized);
                    }
                }
                else if (items[i].Error is { } error)
                    outcomes[i] = Refuse(normalized, error);
                else if (normalized.Event.UniqueId is { } uniqueId && !uniqueIds.Add((normalized.StoreId, uniqueId)))
                    outcomes[i] = Outcome.Duplicate;
                else
                    first.Add(normalized.EventId, normalized.StoreId);
            }

            if (orphans.Count > 0)
                await lane._events.UnindexAsync(orphans, cancellationToken);
        }

        private async Task PatchProfilesAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var patches = new List<NormalizedEvent>(items.Count);
            for (var i = 0; i < items.Count; i++)
            {
                if (outcomes[i] is null)
                    patches.Add(items[i].Event);
            }

            var refused = await lane._profiles.PatchAsync(patches, cancellationToken);
            for (var i = 0; i < items.Count && refused.Count > 0; i++)
            {
                if (outcomes[i] is null && refused.TryGetValue(items[i].Event.EventId, out var error))
                    outcomes[i] = Refuse(items[i].Event, error);
            }
        }

        private async Task InsertAsync(List<int> left, List<IEncodedEvent> encoded, Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var inserted = await lane._events.InsertAsync(encoded, cancellationToken);
            var orphans = new List<IEncodedEvent>();
            for (var k = 0; k < left.Count; k++)
            {
                var i = left[k];
                switch (inserted[k])
                {
                    case InsertOutcome.Stored:
                        lane._stage.Readable(items[i].Record);
                        outcomes[i] = Outcome.Done;
                        break;
                    case InsertOutcome.AlreadyStored:
                        outcomes[i] = Outcome.Done;
                        break;
                    case InsertOutcome.EventIdOfAnotherStore:
                        orphans.Add(encoded[k]);
                        outcomes[i] = Conflict(items[i].Event);
                        break;
                    case InsertOutcome.UniqueIdTaken:
                        orphans.Add(encoded[k]);
                        outcomes[i] = Outcome.Duplicate;
                        break;
                }
            }

            if (orphans.Count > 0)
                await lane._events.UnindexAsync(orphans, cancellationToken);
        }

        /// <summary>Fetches what the refused records were in the raw topic, for all of the batch at once: each look-up is a connection of its own.</summary>
        private async Task AddOriginalsAsync(Outcome?[] outcomes, CancellationToken cancellationToken)
        {
            var refused = new List<int>();
            for (var i = 0; i < items.Count; i++)
            {
                if (outcomes[i] is { Rejection: not null })
                    refused.Add(i);
            }

            if (refused.Count == 0)
                return;
            var rejections = await lane._stage.RejectAsync(refused.ConvertAll(i => (items[i].Event, outcomes[i]!.Value.Rejection!.Error)), cancellationToken);
            for (var k = 0; k < refused.Count; k++)
                outcomes[refused[k]] = Outcome.Rejected(rejections[k]);
        }

        private static Outcome Conflict(NormalizedEvent normalized) => Outcome.Rejected(StageRejection.IdConflict(normalized.EventId));

        private static Outcome Refuse(NormalizedEvent normalized, EventError error) => Outcome.Rejected(new StageRejection(normalized.EventId, error));
    }
}
