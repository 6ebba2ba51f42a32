using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Segments;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;

namespace CustomEvents.Bench.SegmentIndex;

/// <summary>Shape B, the product's: a document a key that is nothing but its <c>_id</c>, a string whose order is that of the values.</summary>
internal sealed class IdShape : IIndexShape
{
    public string Name => "B: `_id` alone";

    public BsonDocument? Index => null;

    public void Write(BsonBuffer output, NormalizedEvent normalized, List<int> starts)
    {
        foreach (var property in normalized.Event.Data)
        {
            if (!SegmentEntries.Has(property))
                continue;
            starts.Add(output.Length);
            SegmentEntries.Write(output, normalized, property);
        }
    }

    public (BsonDocument Filter, BsonDocument Projection) Ask(SegmentCondition condition)
    {
        var range = SegmentRange.Of(condition).Single();
        return (new BsonDocument("_id", new BsonDocument { { "$gte", range.From }, { "$lt", range.To } }), new BsonDocument("_id", 1));
    }

    public string? Customer(BsonDocument entry, SegmentCondition condition)
    {
        var id = entry["_id"].AsString;
        var tail = id.AsSpan(id.Length - SegmentText.TailLength);
        return condition.Since is { } since && tail[..SegmentText.TimeLength].SequenceCompareTo(SegmentRange.Time(since)) < 0
            ? null
            : tail.Slice(SegmentText.TimeLength, SegmentText.CustomerLength).ToString();
    }
}
