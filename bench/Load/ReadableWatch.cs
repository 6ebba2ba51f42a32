using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using CustomEvents.Bench.Running;
using CustomEvents.Pipeline.Log;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.Load;

/// <summary>
/// Looks for accepted events in the database until they are readable. Those of a partition become so in their order, so that every ten milliseconds the oldest of each
/// are asked for, and those behind them only where they were found: looking costs the database little, however many are awaited. A time goes from the answer 202 to the answer of the
/// query that found the event: too long by the rhythm and a query, rather than too short.
/// </summary>
internal sealed class ReadableWatch(StoredIn where)
{
    private const int OldestAtFirst = 2;
    private const int MostOfPartition = 128;
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<(int Partition, Guid Id, long Since)> _accepted = new();
    private readonly List<(Guid Id, long Since)>[] _awaited = [.. Enumerable.Range(0, Deployment.Partitions).Select(_ => new List<(Guid, long)>())];
    private readonly List<double> _milliseconds = [];
    private volatile bool _noMore;

    public void Accepted(string store, Guid eventId) =>
        _accepted.Enqueue((Murmur2.Partition(Encoding.UTF8.GetBytes(store), Deployment.Partitions), eventId, Stopwatch.GetTimestamp()));

    /// <summary>Nothing is accepted any more.</summary>
    public void NoMore() => _noMore = true;

    /// <summary>Goes on until all that was accepted is readable.</summary>
    /// <exception cref="TimeoutException">Something was not, a minute after the end.</exception>
    public async Task RunAsync()
    {
        using var client = new MongoClient(where.MongoUri);
        var events = client.GetDatabase(where.Database).GetCollection<BsonDocument>("events");
        long? over = null;
        while (true)
        {
            if (_noMore)
                over ??= Stopwatch.GetTimestamp();
            var began = Stopwatch.GetTimestamp();
            while (_accepted.TryDequeue(out var accepted))
                _awaited[accepted.Partition].Add((accepted.Id, accepted.Since));
            var left = _awaited.Sum(partition => partition.Count);
            if (left == 0 && over is not null)
                return;
            await AskAsync(events);
            if (over is { } end && Stopwatch.GetElapsedTime(end) > Patience)
                throw new TimeoutException($"{left} accepted events were not readable a minute after the load.");
            if (Rhythm - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } rest)
                await Task.Delay(rest);
        }
    }

    /// <summary>How long each took that was found.</summary>
    public double[] Milliseconds => [.. _milliseconds];

    private async Task AskAsync(IMongoCollection<BsonDocument> events)
    {
        var partitions = _awaited.Where(partition => partition.Count > 0).ToList();
        for (var most = OldestAtFirst; partitions.Count > 0; most = Math.Min(2 * most, MostOfPartition))
        {
            var ids = new BsonArray(partitions.SelectMany(partition => partition.Take(most)).Select(one => new BsonBinaryData(one.Id, GuidRepresentation.Standard)));
            var documents = await events.Find(new BsonDocument("_id", new BsonDocument("$in", ids))).Project<BsonDocument>(Builders<BsonDocument>.Projection.Include("_id")).ToListAsync();
            var found = documents.Select(document => document["_id"].AsBsonBinaryData.ToGuid()).ToHashSet();
            partitions.RemoveAll(partition =>
            {
                var asked = partition.Take(most).ToList();
                foreach (var one in asked.Where(one => found.Contains(one.Id)))
                    _milliseconds.Add(Stopwatch.GetElapsedTime(one.Since).TotalMilliseconds);
                partition.RemoveRange(0, asked.Count);
                var unreadable = asked.Where(one => !found.Contains(one.Id)).ToList();
                partition.InsertRange(0, unreadable);
                return unreadable.Count > 0 || partition.Count == 0;
            });
        }
    }
}
