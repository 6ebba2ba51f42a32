using MongoDB.Bson.IO;

namespace CustomEvents.MongoDb.Documents;

/// <summary>A document that is BSON already, a part of a larger buffer: the driver only copies it.</summary>
internal sealed class BsonSlice(IByteBuffer buffer, int start, int length)
{
    public int Length => length;

    public IByteBuffer Open() => buffer.GetSlice(start, length);
}
