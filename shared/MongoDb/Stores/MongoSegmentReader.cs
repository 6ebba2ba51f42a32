using System.Runtime.CompilerServices;
using CustomEvents.Events;
using CustomEvents.MongoDb.Segments;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary>Reads ranges of the <c>_id</c>s of <c>segment_index</c>, which say everything.</summary>
internal sealed class MongoSegmentReader(MongoDatabase database) : ISegmentReader
{
    /// <inheritdoc />
    public async IAsyncEnumerable<CustomerId> FindCustomersAsync(
        SegmentCondition condition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Customers stand in the order of values and times: those that were given already are remembered, 12 bytes each, and nothing else is.
        var given = new HashSet<CustomerId>();
        var since = condition.Since is { } time ? SegmentRange.Time(time) : "";
        foreach (var range in SegmentRange.Of(condition))
        {
            var query = database.Documents(Collections.SegmentIndex)
                .Find(new BsonDocument("_id", new BsonDocument { { "$gte", range.From }, { "$lt", range.To } }), new FindOptions { BatchSize = 10_000 })
                .Project<BsonDocument>(new BsonDocument("_id", 1));
            await foreach (var entry in database.StreamAsync("reading a segment", query, cancellationToken))
            {
                var id = entry["_id"].AsString;
                var tail = id.AsSpan(id.Length - SegmentText.TailLength);
                if (tail[..SegmentText.TimeLength].SequenceCompareTo(since) < 0)
                    continue;
                if (CustomerId.TryParse(tail.Slice(SegmentText.TimeLength, SegmentText.CustomerLength), out var customer) && given.Add(customer))
                    yield return customer;
            }
        }
    }
}
