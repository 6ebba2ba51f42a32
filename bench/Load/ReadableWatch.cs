using System.Collections.Concurrent;
using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.Load;

/// <summary>
/// Looks for accepted events in the database until they are readable: each every few milliseconds at first, and the rarer the longer it is awaited, so that
/// looking costs the database little however many are. A time goes from the answer 202 to the answer of the query that found the event, so that it is too long, by
/// a tenth at most or 4 ms, rather than too short.
/// </summary>
internal sealed class ReadableWatch(StoredIn where)
{
    private const int MostInQuery = 1_000;
    private const int PartOfAge = 10;
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<(Guid Id, long Since)> _accepted = new();
    private readonly PriorityQueue<(Guid Id, long Since), long> _awaited = new();
    private readonly List<double> _milliseconds = [];
    private volatile bool _noMore;

    public void Accepted(Guid eventId) => _accepted.Enqueue((eventId, Stopwatch.GetTimestamp()));

    /// <summary>Nothing is accepted any more.</summary>
    public void NoMore() => _noMore = true;

    /// <summary>Goes on until all that was accepted is readable.</summary>
    /// <exception cref="TimeoutException">Something was not, a minute after the end.</exception>
    public async Task RunAsync()
    {
        using var client = new MongoClient(where.MongoUri);
        var events = client.GetDatabase(where.Database).GetCollection<BsonDocument>("events");
        long? over = null;
        var asked = new Dictionary<Guid, long>(MostInQuery);
        while (true)
        {
            if (_noMore)
                over ??= Stopwatch.GetTimestamp();
            var began = Stopwatch.GetTimestamp();
            while (_accepted.TryDequeue(out var accepted))
                _awaited.Enqueue(accepted, began);
            if (_awaited.Count == 0 && over is not null)
                return;
            asked.Clear();
            while (asked.Count < MostInQuery && _awaited.TryPeek(out var next, out var due) && due <= began)
            {
                _awaited.Dequeue();
                asked.Add(next.Id, next.Since);
            }

            if (asked.Count > 0)
                await AskAsync(events, asked);
            if (over is { } end && Stopwatch.GetElapsedTime(end) > Patience)
                throw new TimeoutException($"{_awaited.Count} accepted events were not readable a minute after the load.");
            if (Rhythm - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } rest)
                await Task.Delay(rest);
        }
    }

    public double Percentile(double part) => LoadGenerator.Percentile([.. _milliseconds.Order()], part);

    private async Task AskAsync(IMongoCollection<BsonDocument> events, Dictionary<Guid, long> asked)
    {
        var ids = new BsonArray(asked.Keys.Select(id => new BsonBinaryData(id, GuidRepresentation.Standard)));
        var found = await events.Find(new BsonDocument("_id", new BsonDocument("$in", ids))).Project<BsonDocument>(Builders<BsonDocument>.Projection.Include("_id")).ToListAsync();
        foreach (var document in found)
        {
            if (asked.Remove(document["_id"].AsBsonBinaryData.ToGuid(), out var since))
                _milliseconds.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        var now = Stopwatch.GetTimestamp();
        foreach (var (id, since) in asked)
            _awaited.Enqueue((id, since), now + ((now - since) / PartOfAge));
    }
}
