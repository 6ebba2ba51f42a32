namespace CustomEvents.Sqlite.Stores;

/// <summary>
/// Pooled buffers that the events of a batch are written into, one behind the other: a buffer for each would be more than the pool keeps. The first is small, since a batch that is
/// halved to find a faulty record has them for each part. Disposing gives them back. Not thread-safe.
/// </summary>
internal sealed class BufferPieces : IDisposable
{
    private const int LeastBytes = 4 * 1024;
    private const int MostBytes = 256 * 1024;

    private readonly List<ByteBuffer> _pieces = [];
    private int _capacity;

    /// <summary>The buffer for what takes about so many bytes.</summary>
    public ByteBuffer For(int estimate)
    {
        if (_pieces.Count == 0 || _pieces[^1].Length + estimate > _capacity)
        {
            _capacity = Math.Max(estimate, Math.Clamp(2 * _capacity, LeastBytes, MostBytes));
            _pieces.Add(new ByteBuffer(_capacity));
        }

        return _pieces[^1];
    }

    public void Dispose()
    {
        _pieces.ForEach(piece => piece.Dispose());
        _pieces.Clear();
    }
}
