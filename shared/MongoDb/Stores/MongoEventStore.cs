using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Segments;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary><c>events</c> and <c>segment_index</c>.</summary>
internal sealed class MongoEventStore : IEventStore
{
    // So much at a time that a call stays far within its limit on a slow server.
    private const int RemovalsAtATime = 1_000;
    private const int IdsAtATime = 10_000;
    private const int EventsAtATime = 1_000;

    private readonly MongoDatabase _database;
    private readonly CallGroup<Guid, Dictionary<Guid, string>> _finding;
    private readonly CallGroup<IEncodedEvent, bool> _indexing;
    private readonly CallGroup<IEncodedEvent, InsertOutcome[]> _inserting;

    public MongoEventStore(MongoDatabase database)
    {
        _database = database;
        _finding = new(FindOwnersTogetherAsync, IdsAtATime);
        _indexing = new(IndexTogetherAsync, EventsAtATime);
        _inserting = new(InsertTogetherAsync, EventsAtATime);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<Guid, string>> FindOwnersAsync(IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken)
    {
        // Those of others beside them do no harm: an id has one owner.
        var (owners, _) = await _finding.RunAsync([.. eventIds], cancellationToken);
        return owners;
    }

    /// <inheritdoc />
    public IEventEncoder NewEncoder() => new EventEncoder();

    /// <inheritdoc />
    public Task IndexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) => _indexing.RunAsync(events, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<InsertOutcome>> InsertAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) =>
        _inserting.RunForOwnAsync(events, cancellationToken);

    /// <inheritdoc />
    public async Task UnindexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken)
    {
        await RemoveEntriesAsync(_database, events.Cast<EncodedEvent>().SelectMany(e => SegmentEntries.Ids(e.Event)), cancellationToken);
    }

    internal static async Task RemoveEntriesAsync(MongoDatabase database, IEnumerable<BsonValue> ids, CancellationToken cancellationToken)
    {
        foreach (var part in ids.Chunk(RemovalsAtATime))
        {
            await database.CallAsync(
                "removing segment entries", token => database.Documents(Collections.SegmentIndex).DeleteManyAsync(In("_id", part), token), cancellationToken);
        }
    }

    /// <summary>A filter for any of some values.</summary>
    internal static BsonDocument In(string field, IEnumerable<BsonValue> values) => new(field, new BsonDocument("$in", new BsonArray(values)));

    private async Task<Dictionary<Guid, string>> FindOwnersTogetherAsync(IReadOnlyList<Guid> eventIds, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<Guid, string>();
        using var ids = new BsonBuffer(32 * Math.Min(eventIds.Count, IdsAtATime));
        for (var first = 0; first < eventIds.Count; first += IdsAtATime)
        {
            // Written by hand, as documents are: the driver makes two objects of each id.
            ids.Shrink(0);
            var start = ids.Begin();
            for (var i = first; i < Math.Min(first + IdsAtATime, eventIds.Count); i++)
                ids.Element(i - first, eventIds[i]);
            ids.End(start);
            using var array = ids.ToArray();
            var query = _database.Documents(Collections.Events).Find(new BsonDocument("_id", new BsonDocument("$in", array))).Project<BsonDocument>(new BsonDocument("storeId", 1));
            foreach (var found in await _database.ListAsync("looking events up", query, cancellationToken))
                owners[found["_id"].ToUuid()] = found["storeId"].AsString;
        }

        return owners;
    }

    private async Task<bool> IndexTogetherAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken)
    {
        // An entry that is there already is the same entry: its `_id` is all of it.
        await _database.InsertAsync(
            "writing segment entries",
            Collections.SegmentIndex,
            Entries(events),
            static (buffer, entry) => SegmentEntries.Write(buffer, entry.Event, entry.Event.Event.Data[entry.Property]),
            cancellationToken);
        return true;

        static IEnumerable<(NormalizedEvent Event, int Property)> Entries(IReadOnlyList<IEncodedEvent> events)
        {
            foreach (EncodedEvent encoded in events)
            {
                for (var i = 0; i < encoded.Event.Event.Data.Count; i++)
                {
                    if (SegmentEntries.Has(encoded.Event.Event.Data[i]))
                        yield return (encoded.Event, i);
                }
            }
        }
    }

    private async Task<InsertOutcome[]> InsertTogetherAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken)
    {
        var outcomes = new InsertOutcome[events.Count];
        var duplicates = await _database.InsertAsync(
            "storing events", Collections.Events, events, static (buffer, encoded) => ((EncodedEvent)encoded).Write(buffer), cancellationToken);
        if (duplicates.Count > 0)
            await DecideAsync(events, outcomes, duplicates, cancellationToken);
        return outcomes;
    }

    private async Task DecideAsync(IReadOnlyList<IEncodedEvent> events, InsertOutcome[] outcomes, IReadOnlyList<int> duplicates, CancellationToken cancellationToken)
    {
        var owners = await FindOwnersTogetherAsync([.. duplicates.Select(i => events[i].EventId)], cancellationToken);
        foreach (var index in duplicates)
        {
            var encoded = (EncodedEvent)events[index];
            if (owners.TryGetValue(encoded.EventId, out var owner))
            {
                outcomes[index] = owner == encoded.StoreId ? InsertOutcome.AlreadyStored : InsertOutcome.EventIdOfAnotherStore;
                continue;
            }

            outcomes[index] = InsertOutcome.UniqueIdTaken;
            var taken = encoded.Event.Event.UniqueId is { } uniqueId && await _database.CallAsync(
                "looking a uniqueId up",
                token => _database.Documents(Collections.Events).Find(new BsonDocument { { "storeId", encoded.StoreId }, { "uniqueId", uniqueId } }).AnyAsync(token),
                cancellationToken);
            if (!taken)
            {
                throw new InfrastructureException(
                    $"MongoDB at {_database.Address}, storing events: event {encoded.EventId} met a duplicate key whose owner is gone; trying again decides.");
            }
        }
    }
}
