using System.Buffers;

namespace CustomEvents.IngestApi.Bodies;

/// <summary>
/// A body in one pooled piece of memory, counted in <see cref="BytesInFlight"/>. Whoever holds it last disposes it: not before the
/// append has completed, since the log's records point into it.
/// </summary>
internal sealed class PooledBody(BytesInFlight budget) : IDisposable
{
    private const int FirstCapacity = 4 * 1024;

    private byte[] _buffer = [];
    private int _capacity;
    private int _length;

    /// <summary>What was read so far.</summary>
    public ReadOnlyMemory<byte> Memory => new(_buffer, 0, _length);

    /// <summary>How much that is, in bytes.</summary>
    public int Length => _length;

    /// <summary>Makes room for as many bytes in all; false where the budget does not allow it, and then nothing has changed.</summary>
    public bool TryReserve(int capacity)
    {
        if (capacity <= _capacity)
            return true;
        if (!budget.TryReserve(capacity))
            return false;
        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Release();
        _buffer = larger;
        _capacity = capacity;
        return true;
    }

    /// <summary>The free memory behind what was read, at least one byte, for a writer that then calls <see cref="Advance"/>; false as in <see cref="TryReserve"/>.</summary>
    /// <param name="limit">The largest capacity that makes sense.</param>
    /// <param name="free">The free memory.</param>
    public bool TryGetFree(int limit, out Span<byte> free)
    {
        free = default;
        if (_length == _capacity && !TryReserve(Math.Min(limit, Math.Max(FirstCapacity, _capacity * 2))))
            return false;
        free = _buffer.AsSpan(_length, _capacity - _length);
        return true;
    }

    /// <summary>Bytes were written to the free memory.</summary>
    public void Advance(int bytes) => _length += bytes;

    /// <summary>Appends bytes, growing by doubling up to the limit, which the caller has checked; false as in <see cref="TryReserve"/>.</summary>
    public bool TryAppend(ReadOnlySequence<byte> bytes, int limit)
    {
        var needed = _length + (int)bytes.Length;
        if (needed > _capacity && !TryReserve(Math.Max(needed, Math.Min(limit, Math.Max(FirstCapacity, _capacity * 2)))))
            return false;
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = needed;
        return true;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Release();
        _length = 0;
    }

    private void Release()
    {
        if (_capacity == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        budget.Release(_capacity);
        _buffer = [];
        _capacity = 0;
    }
}
