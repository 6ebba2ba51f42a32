using System.Buffers;
using Confluent.Kafka;

namespace CustomEvents.Kafka.Reading;

/// <summary>
/// Where a reader puts the values and headers of its records, one behind the other in pieces that many share: records are held in tens of thousands, and the
/// collector pays for each object that it finds alive. One reader's, and not for two threads.
/// </summary>
internal sealed class RecordMemory : IDeserializer<ReadOnlyMemory<byte>?>, IBufferWriter<byte>
{
    // Under what the runtime calls a large object, which lives until the oldest generation is collected.
    private const int PieceBytes = 64 * 1024;

    // A larger value has an array of its own, so that no more than a quarter of a piece stays empty.
    private const int MaxSharedBytes = PieceBytes / 4;

    private byte[] _piece = [];
    private int _start;
    private int _end;

    public ReadOnlyMemory<byte>? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull)
            return null;
        if (data.Length > MaxSharedBytes)
            return data.ToArray();
        data.CopyTo(GetSpan(data.Length));
        Advance(data.Length);
        return TakeWritten();
    }

    /// <summary>What was written since it was taken last, in one piece.</summary>
    public ReadOnlyMemory<byte> TakeWritten()
    {
        var written = _piece.AsMemory(_start.._end);
        _start = _end;
        return written;
    }

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_piece.Length - _end < Math.Max(1, sizeHint))
        {
            var written = _piece.AsSpan(_start.._end);
            var piece = GC.AllocateUninitializedArray<byte>(Math.Max(PieceBytes, written.Length + sizeHint));
            written.CopyTo(piece);
            (_piece, _start, _end) = (piece, 0, written.Length);
        }

        return _piece.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
