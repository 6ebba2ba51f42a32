using System.Collections.Concurrent;
using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.Load;

/// <summary>
/// Looks for accepted events in the database until they are readable, every few milliseconds for all that are awaited. A time goes from the answer 202
/// to the answer of the query that found the event, so that it is rather too long than too short.
/// </summary>
internal sealed class ReadableWatch(StoredIn where)
{
    private const int MostInQuery = 1_000;
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Guid, long> _awaited = new();
    private readonly List<double> _milliseconds = [];
    private volatile bool _noMore;

    public void Accepted(Guid eventId) => _awaited[eventId] = Stopwatch.GetTimestamp();

    /// <summary>Nothing is accepted any more.</summary>
    public void NoMore() => _noMore = true;

    /// <summary>Goes on until all that was accepted is readable.</summary>
    /// <exception cref="TimeoutException">Something was not, a minute after the end.</exception>
    public async Task RunAsync()
    {
        using var client = new MongoClient(where.MongoUri);
        var events = client.GetDatabase(where.Database).GetCollection<BsonDocument>("events");
        var onlyId = Builders<BsonDocument>.Projection.Include("_id");
        long? over = null;
        while (true)
        {
            if (_noMore)
                over ??= Stopwatch.GetTimestamp();
            var began = Stopwatch.GetTimestamp();
            var asked = _awaited.Keys.Take(MostInQuery).Select(id => new BsonBinaryData(id, GuidRepresentation.Standard)).ToArray();
            if (asked.Length == 0 && over is not null)
                return;
            if (asked.Length > 0)
            {
                var found = await events.Find(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(asked)))).Project<BsonDocument>(onlyId).ToListAsync();
                foreach (var document in found)
                {
                    if (_awaited.TryRemove(document["_id"].AsBsonBinaryData.ToGuid(), out var since))
                        _milliseconds.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                }
            }

            if (over is { } end && Stopwatch.GetElapsedTime(end) > Patience)
                throw new TimeoutException($"{_awaited.Count} accepted events were not readable a minute after the load.");
            if (Rhythm - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } rest)
                await Task.Delay(rest);
        }
    }

    public double Percentile(double part) => LoadGenerator.Percentile([.. _milliseconds.Order()], part);
}
