using System.Buffers.Binary;
using CustomEvents.Events;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Positions as blobs of 28 bytes: topic id, partition, offset.</summary>
internal static class PositionBytes
{
    public const int Length = 28;

    public static void Write(Position position, Span<byte> destination)
    {
        position.TopicId.TryWriteBytes(destination, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(destination[16..], position.Partition);
        BinaryPrimitives.WriteInt64BigEndian(destination[20..], position.Offset);
    }

    public static Position Read(ReadOnlySpan<byte> bytes) => new(
        new Guid(bytes[..16], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt64BigEndian(bytes[20..]));
}
