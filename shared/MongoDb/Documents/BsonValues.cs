using CustomEvents.Events;
using MongoDB.Bson;

namespace CustomEvents.MongoDb.Documents;

/// <summary>The pipeline's values as the driver's, and back.</summary>
internal static class BsonValues
{
    public static BsonBinaryData ToBson(this Guid id) => new(id, GuidRepresentation.Standard);

    public static Guid ToUuid(this BsonValue value) => value.AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);

    public static BsonDateTime ToBson(this DateTime utc) => new(Times.ToMilliseconds(utc));

    public static ObjectId ToBson(this CustomerId id)
    {
        var bytes = new byte[12];
        id.WriteTo(bytes);
        return new ObjectId(bytes);
    }

    public static CustomerId ToCustomerId(this BsonValue value) => new(value.AsObjectId.ToByteArray());

    public static DateTime? ToTime(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? value.ToUniversalTime() : null;

    public static string? ToText(this BsonDocument document, string name) =>
        document.TryGetValue(name, out var value) ? value.AsString : null;

    public static Position ToPosition(this BsonValue value) =>
        new(value["topic"].ToUuid(), value["partition"].ToInt32(), value["offset"].ToInt64());

    public static BsonDocument ToBson(this Position position) =>
        new() { { "topic", position.TopicId.ToBson() }, { "partition", position.Partition }, { "offset", position.Offset } };

    public static ProfileValue ToProfileValue(this BsonValue value) => value.BsonType switch
    {
        BsonType.String => ProfileValue.Of(value.AsString),
        BsonType.Int64 => ProfileValue.Of(value.AsInt64),
        BsonType.Int32 => ProfileValue.Of((long)value.AsInt32),
        BsonType.Double => ProfileValue.Of(value.AsDouble),
        BsonType.Boolean => ProfileValue.Of(value.AsBoolean),
        BsonType.DateTime => ProfileValue.Of(value.ToUniversalTime()),
        var other => throw new InvalidOperationException($"A profile's value in the database is a {other}, which the pipeline never writes."),
    };
}
