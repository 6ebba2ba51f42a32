using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.Floors;

/// <summary>What the bare writer is told: which database holds the documents, and which new one gets them.</summary>
internal sealed record MongoFloorSpec(string MongoUri, string From, string To);

/// <summary>
/// A floor: writes the documents that the pipeline left, each once and as the bytes it was read as, into a database with the same collections and indexes, with the
/// same write concern. Nothing is read, decoded or decided while the clock runs; customers are written whole. All collections side by side, which is the best that a
/// database with a lock a collection gives; batches and writers are what was fastest here.
/// </summary>
internal static class MongoFloor
{
    private const int BatchSize = 2_000;
    private const int WritersPerCollection = 2;
    // More would not fit into memory where the drain is long: documents are read and written in rounds, and only writing counts.
    private const int EventsInRound = 200_000;

    /// <summary>What an event is written to.</summary>
    internal static readonly string[] Collections = ["claims", "customers", "segment_index", "events"];

    /// <returns>The events, and the time that writing took.</returns>
    public static async Task<FloorResult> RunAsync(MongoFloorSpec spec)
    {
        using var client = new MongoClient(spec.MongoUri);
        var source = client.GetDatabase(spec.From);
        var target = client.GetDatabase(spec.To).WithWriteConcern(WriteConcern.WMajority.With(journal: true));
        var counts = new Dictionary<string, long>();
        foreach (var name in Collections)
        {
            counts[name] = await source.GetCollection<BsonDocument>(name).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty);
            await CopyIndexesAsync(source.GetCollection<BsonDocument>(name), target);
        }

        var rounds = (int)((counts["events"] + EventsInRound - 1) / EventsInRound);
        var cursors = new Dictionary<string, Source>();
        foreach (var name in Collections)
            cursors[name] = new Source(await source.GetCollection<RawBsonDocument>(name).Find(FilterDefinition<RawBsonDocument>.Empty).ToCursorAsync());
        var watch = new Stopwatch();
        for (var round = 0; round < rounds; round++)
        {
            var work = new List<(string Name, List<RawBsonDocument> Documents)>();
            foreach (var name in Collections)
                work.Add((name, await cursors[name].TakeAsync((int)((counts[name] + rounds - 1) / rounds))));
            watch.Start();
            await Task.WhenAll(work.SelectMany(part => Enumerable.Range(0, WritersPerCollection).Select(writer => Task.Run(() =>
                WriteAsync(target, part.Name, part.Documents, writer)))));
            watch.Stop();
        }

        foreach (var name in Collections)
        {
            var written = await target.GetCollection<BsonDocument>(name).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty);
            if (written != counts[name])
                throw new InvalidOperationException($"The floor wrote {written} of {counts[name]} documents of {name}.");
        }

        return new FloorResult(counts["events"], watch.Elapsed.TotalSeconds);
    }

    private static async Task WriteAsync(IMongoDatabase target, string collection, List<RawBsonDocument> documents, int writer)
    {
        for (var start = writer * BatchSize; start < documents.Count; start += WritersPerCollection * BatchSize)
        {
            var batch = documents.GetRange(start, Math.Min(BatchSize, documents.Count - start));
            await WriteAsync(target, "insert", collection, "documents", new BsonArray(batch));
        }
    }

    /// <summary>Writes some items by one command: the driver's own bulk writes make objects for each document.</summary>
    internal static async Task WriteAsync(IMongoDatabase target, string command, string collection, string list, BsonArray items)
    {
        var answer = await target.RunCommandAsync<BsonDocument>(new BsonDocument
        {
            { command, collection }, { "ordered", false }, { "writeConcern", target.Settings.WriteConcern.ToBsonDocument() }, { list, items },
        });
        if (answer.Contains("writeErrors") || answer.Contains("writeConcernError"))
            throw new InvalidOperationException($"The floor could not write {collection}: {answer}");
    }

    /// <summary>Makes a collection with the indexes of another.</summary>
    internal static async Task CopyIndexesAsync(IMongoCollection<BsonDocument> source, IMongoDatabase target)
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

    /// <summary>The documents of a collection, some at a time.</summary>
    private sealed class Source(IAsyncCursor<RawBsonDocument> cursor)
    {
        private readonly Queue<RawBsonDocument> _ahead = new();

        public async Task<List<RawBsonDocument>> TakeAsync(int count)
        {
            var taken = new List<RawBsonDocument>(count);
            while (taken.Count < count)
            {
                if (_ahead.TryDequeue(out var document))
                    taken.Add(document);
                else if (await cursor.MoveNextAsync())
                    foreach (var next in cursor.Current)
                        _ahead.Enqueue(next);
                else
                    break;
            }

            return taken;
        }
    }
}
