using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Serializers;

namespace CustomEvents.MongoDb.Documents;

/// <summary>Writes a <see cref="BsonSlice"/> as the bytes that it is.</summary>
internal sealed class BsonSliceSerializer : SerializerBase<BsonSlice>
{
    public static BsonSliceSerializer Instance { get; } = new();

    /// <inheritdoc />
    public override void Serialize(BsonSerializationContext context, BsonSerializationArgs args, BsonSlice value)
    {
        using var slice = value.Open();
        context.Writer.WriteRawBsonDocument(slice);
    }
}
