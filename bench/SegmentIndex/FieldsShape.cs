using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;

namespace CustomEvents.Bench.SegmentIndex;

/// <summary>
/// Shape A: a document a key with a field for each part and one compound index. Its <c>_id</c> is store, event id and key as a string:
/// the shortest that makes writing twice harmless.
/// </summary>
internal sealed class FieldsShape : IIndexShape
{
    public string Name => "A: fields";

    public BsonDocument? Index => new() { { "s", 1 }, { "e", 1 }, { "k", 1 }, { "v", 1 }, { "t", 1 }, { "c", 1 } };

    public void Write(BsonBuffer output, NormalizedEvent normalized, List<int> starts)
    {
        foreach (var property in normalized.Event.Data)
        {
            var key = property.Key.ToText(normalized.Event.Source);
            starts.Add(output.Begin());
            output.Write("_id"u8, $"{normalized.StoreId}:{normalized.EventId:N}:{key}");
            output.Write("s"u8, normalized.StoreId);
            output.Write("e"u8, normalized.Event.EventName);
            output.Write("k"u8, key);
            output.Write(new Property(new JsonSlice(0, 0, false), property.Kind, property.Text, property.Bits), normalized.Event.Source);
            Rename(output, property);
            output.Write("t"u8, normalized.OccurredAt);
            output.Write("c"u8, normalized.CustomerId);
            output.End(starts[^1]);
        }
    }

    public (BsonDocument Filter, BsonDocument Projection) Ask(SegmentCondition condition)
    {
        var value = ToBson(condition.Value!.Value);
        BsonValue compared = condition.Operator switch
        {
            SegmentOperator.Equal => value,
            SegmentOperator.Greater => new BsonDocument("$gt", value),
            _ => throw new ArgumentOutOfRangeException(nameof(condition)),
        };
        var filter = new BsonDocument { { "s", condition.StoreId }, { "e", condition.EventName }, { "k", condition.Key }, { "v", compared } };
        if (condition.Since is { } since)
            filter.Add("t", new BsonDocument("$gte", since.ToBson()));
        return (filter, new BsonDocument { { "_id", 0 }, { "c", 1 } });
    }

    public string? Customer(BsonDocument entry, SegmentCondition condition) => entry["c"].AsObjectId.ToString();

    // The buffer writes a value under its own key; here it was given an empty one, and gets "v".
    private static void Rename(BsonBuffer output, Property property)
    {
        var size = property.Kind switch { PropertyKind.String => 4 + property.Text.Length + 1, PropertyKind.Boolean => 1, _ => 8 };
        var at = output.Length - size - 1;
        output.Span(1);
        output.Bytes.AsSpan(at, size + 1).CopyTo(output.Bytes.AsSpan(at + 1));
        output.Bytes[at] = (byte)'v';
        output.Advance(1);
    }

    /// <summary>A value as the driver's.</summary>
    internal static BsonValue ToBson(ProfileValue value) => value.Kind switch
    {
        PropertyKind.String => new BsonString(value.Text!),
        PropertyKind.Integer => new BsonInt64(value.Bits),
        PropertyKind.Double => new BsonDouble(value.Double),
        PropertyKind.Boolean => BsonBoolean.Create(value.Bits != 0),
        PropertyKind.Date => value.Date.ToBson(),
        PropertyKind.Json => throw new InvalidOperationException("A profile holds no objects or arrays."),
    };
}
