using Confluent.Kafka;

namespace CustomEvents.Kafka.Reading;

/// <summary>
/// Where the values and headers of a partition's records lie, one behind the other in pieces that many share: records are held in tens of thousands, and
/// the collector pays for each object that it finds alive. They are let go in their order, so that what is held keeps at most two pieces more than it needs.
/// </summary>
internal sealed class RecordMemory
{
    /// <summary>What is larger has an array of its own, so that no more than a quarter of a piece stays empty.</summary>
    public const int MaxSharedBytes = PieceBytes / 4;

    // Under what the runtime calls a large object, which lives until the oldest generation is collected.
    private const int PieceBytes = 64 * 1024;

    private byte[] _piece = [];
    private int _used;

    /// <summary>Memory of exactly that size, whose contents are undefined.</summary>
    public Memory<byte> Take(int size)
    {
        if (size > MaxSharedBytes)
            return GC.AllocateUninitializedArray<byte>(size);
        if (_piece.Length - _used < size)
            (_piece, _used) = (GC.AllocateUninitializedArray<byte>(PieceBytes), 0);
        _used += size;
        return _piece.AsMemory(_used - size, size);
    }

    /// <summary>Gives a value as bytes that are valid until the next is read; a large one is an array of its own, and stays.</summary>
    internal sealed class Values : IDeserializer<ReadOnlyMemory<byte>?>
    {
        private readonly byte[] _last = new byte[MaxSharedBytes];

        public ReadOnlyMemory<byte>? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
        {
            if (isNull)
                return null;
            if (data.Length > MaxSharedBytes)
                return data.ToArray();
            data.CopyTo(_last);
            return _last.AsMemory(0, data.Length);
        }
    }
}
