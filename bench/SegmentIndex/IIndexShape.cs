using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;

namespace CustomEvents.Bench.SegmentIndex;

/// <summary>A shape of the segment index: how an event's entries are written, and how a condition is asked.</summary>
internal interface IIndexShape
{
    string Name { get; }

    /// <summary>The secondary index that it needs; null where <c>_id</c> is enough.</summary>
    BsonDocument? Index { get; }

    void Write(BsonBuffer output, NormalizedEvent normalized, List<int> starts);

    /// <summary>The filter and projection that the index alone answers.</summary>
    (BsonDocument Filter, BsonDocument Projection) Ask(SegmentCondition condition);

    /// <summary>The customer of a found entry; null where it is not since the condition's time.</summary>
    string? Customer(BsonDocument entry, SegmentCondition condition);
}
