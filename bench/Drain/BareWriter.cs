using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.Drain;

/// <summary>
/// The floor: writes the documents that the pipeline made, each once and as bytes, into a database with the same indexes. Nothing is read, decoded or
/// decided; batches and writers are what was fastest here. All collections side by side, which is the best that a database with a lock a collection gives.
/// </summary>
internal static class BareWriter
{
    private const int BatchSize = 2_000;
    private const int WritersPerCollection = 2;

    public static async Task<TimeSpan> RunAsync(IMongoClient client, string from, string to)
    {
        var source = client.GetDatabase(from);
        var target = client.GetDatabase(to).WithWriteConcern(WriteConcern.WMajority);
        var work = new List<(string Name, List<RawBsonDocument> Documents)>();
        foreach (var name in new[] { "claims", "customers", "segment_index", "events" })
        {
            var documents = await source.GetCollection<RawBsonDocument>(name).Find(FilterDefinition<RawBsonDocument>.Empty).ToListAsync();
            await CopyIndexesAsync(source.GetCollection<BsonDocument>(name), target);
            work.Add((name, documents));
        }

        var watch = Stopwatch.StartNew();
        await Task.WhenAll(work.SelectMany(collection => Enumerable.Range(0, WritersPerCollection).Select(writer => Task.Run(() =>
            WriteAsync(target.GetCollection<RawBsonDocument>(collection.Name, new MongoCollectionSettings { AssignIdOnInsert = false }), collection.Documents, writer)))));
        return watch.Elapsed;
    }

    private static async Task WriteAsync(IMongoCollection<RawBsonDocument> collection, List<RawBsonDocument> documents, int writer)
    {
        for (var start = writer * BatchSize; start < documents.Count; start += WritersPerCollection * BatchSize)
        {
            await collection.InsertManyAsync(
                documents.GetRange(start, Math.Min(BatchSize, documents.Count - start)), new InsertManyOptions { IsOrdered = false });
        }
    }

    private static async Task CopyIndexesAsync(IMongoCollection<BsonDocument> source, IMongoDatabase target)
    {
        await target.CreateCollectionAsync(source.CollectionNamespace.CollectionName);
        var indexes = new BsonArray();
        foreach (var index in await (await source.Indexes.ListAsync()).ToListAsync())
        {
            if (index["name"] == "_id_")
                continue;
            index.Remove("v");
            index.Remove("ns");
            indexes.Add(index);
        }

        if (indexes.Count > 0)
            await target.RunCommandAsync<BsonDocument>(new BsonDocument { { "createIndexes", source.CollectionNamespace.CollectionName }, { "indexes", indexes } });
    }
}
