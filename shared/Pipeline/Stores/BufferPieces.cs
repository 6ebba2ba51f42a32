namespace CustomEvents.Pipeline.Stores;

/// <summary>
/// Pooled buffers that the events of a batch are written into, one behind the other: a buffer for each would be more than the pool keeps. The first is small, since a batch that is
/// halved to find a faulty record has them for each part. Disposing gives them back. Not thread-safe.
/// </summary>
/// <param name="rent">Rents a buffer of at least so many bytes, which may grow.</param>
/// <param name="length">How many bytes of a buffer are written.</param>
public sealed class BufferPieces<TBuffer>(Func<int, TBuffer> rent, Func<TBuffer, int> length) : IDisposable
    where TBuffer : IDisposable
{
    private const int LeastBytes = 4 * 1024;
    private const int MostBytes = 256 * 1024;

    private readonly List<TBuffer> _pieces = [];
    private int _capacity;

    /// <summary>The buffer for what takes about so many bytes.</summary>
    public TBuffer For(int estimate)
    {
        if (_pieces.Count == 0 || length(_pieces[^1]) + estimate > _capacity)
        {
            _capacity = Math.Max(estimate, Math.Clamp(2 * _capacity, LeastBytes, MostBytes));
            _pieces.Add(rent(_capacity));
        }

        return _pieces[^1];
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _pieces.ForEach(piece => piece.Dispose());
        _pieces.Clear();
    }
}
