using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary><c>event_catalog</c>. New keys are rare: the whole list is written, over the revision it was made from.</summary>
internal sealed class MongoCatalogStore(MongoDatabase database) : ICatalogStore
{
    private const string Revision = "_revision";

    private IMongoCollection<BsonDocument> Catalog => database.Documents(Collections.Catalog);

    /// <inheritdoc />
    public async Task AddAsync(IReadOnlyList<CatalogEntry> entries, CancellationToken cancellationToken)
    {
        var groups = entries.GroupBy(entry => (entry.StoreId, entry.EventName)).ToList();
        if (groups.Count == 0)
            return;
        var known = (await ReadAsync(groups.Select(group => Id(group.Key.StoreId, group.Key.EventName)), cancellationToken))
            .ToDictionary(document => document["_id"].AsString, StringComparer.Ordinal);
        var missing = groups.Where(group => !known.ContainsKey(Id(group.Key.StoreId, group.Key.EventName))).Select(group => New([.. group])).ToList();
        var lost = missing.Count == 0 ? [] : await database.InsertAsync("adding to the catalog", Catalog, missing, cancellationToken);
        var collided = lost.Select(index => missing[index]["_id"].AsString).ToHashSet(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var id = Id(group.Key.StoreId, group.Key.EventName);
            if (collided.Contains(id))
                await ExtendAsync(id, null, [.. group], cancellationToken);
            else if (known.TryGetValue(id, out var document))
                await ExtendAsync(id, document, [.. group], cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<CatalogEvent>> ListAsync(string storeId, CancellationToken cancellationToken)
    {
        var found = await database.ListAsync(
            "reading the catalog", Catalog.Find(new BsonDocument("storeId", storeId)).Sort(new BsonDocument("eventName", 1)).Project<BsonDocument>(new BsonDocument(Revision, 0)),
            cancellationToken);
        return [.. found.Select(document => new CatalogEvent(
            storeId, document["eventName"].AsString, document["firstSeenAt"].ToUniversalTime(),
            [.. document["properties"].AsBsonArray.Select(p => (p["key"].AsString, (IReadOnlyList<string>)[.. p["types"].AsBsonArray.Select(t => t.AsString)]))]))];
    }

    private static string Id(string storeId, string eventName) => $"{storeId}:{eventName}";

    private static BsonDocument New(CatalogEntry[] entries)
    {
        var properties = new BsonArray();
        Extend(properties, entries);
        return new BsonDocument
        {
            { "_id", Id(entries[0].StoreId, entries[0].EventName) }, { "storeId", entries[0].StoreId }, { "eventName", entries[0].EventName },
            { "properties", properties }, { "firstSeenAt", entries[0].FirstSeenAt.ToBson() }, { Revision, 1L },
        };
    }

    /// <summary>Whether anything was new.</summary>
    private static bool Extend(BsonArray properties, CatalogEntry[] entries)
    {
        var byKey = properties.ToDictionary(p => p["key"].AsString, p => p["types"].AsBsonArray, StringComparer.Ordinal);
        var any = false;
        foreach (var entry in entries)
        {
            if (entry.Key is null || entry.Type is null)
                continue;
            if (byKey.TryGetValue(entry.Key, out var types))
            {
                if (types.Contains(entry.Type))
                    continue;
                types.Add(entry.Type);
                any = true;
            }
            else if (properties.Count < Limits.MaxCatalogProperties)
            {
                byKey.Add(entry.Key, [entry.Type]);
                properties.Add(new BsonDocument { { "key", entry.Key }, { "types", byKey[entry.Key] } });
                any = true;
            }
        }

        return any;
    }

    private async Task ExtendAsync(string id, BsonDocument? document, CatalogEntry[] entries, CancellationToken cancellationToken)
    {
        while (true)
        {
            document ??= (await ReadAsync([id], cancellationToken)).SingleOrDefault();
            if (document is null)
            {
                // Somebody removed it by hand between two of our calls.
                await database.InsertAsync("adding to the catalog", Catalog, [New(entries)], cancellationToken);
                continue;
            }

            var properties = document["properties"].AsBsonArray;
            if (!Extend(properties, entries))
                return;
            var revision = document.GetValue(Revision, 0L).ToInt64();
            var result = await database.CallAsync(
                "adding to the catalog",
                token => Catalog.UpdateOneAsync(
                    new BsonDocument { { "_id", id }, { Revision, revision } },
                    new BsonDocument("$set", new BsonDocument { { "properties", properties }, { Revision, revision + 1 } }),
                    cancellationToken: token),
                cancellationToken);
            if (result.MatchedCount == 1)
                return;
            document = null;
        }
    }

    private Task<List<BsonDocument>> ReadAsync(IEnumerable<string> ids, CancellationToken cancellationToken) => database.ListAsync(
        "reading the catalog", Catalog.Find(MongoEventStore.In("_id", ids.Select(id => (BsonValue)id))).Project<BsonDocument>(new BsonDocument { { "properties", 1 }, { Revision, 1 } }),
        cancellationToken);
}
