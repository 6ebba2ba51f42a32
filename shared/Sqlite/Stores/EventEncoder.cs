using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Writes events one behind the other into pooled pieces: a buffer for each would be more than the pool keeps.</summary>
internal sealed class EventEncoder : IEventEncoder
{
    private const int PieceBytes = 256 * 1024;

    private readonly List<ByteBuffer> _pieces = [];

    /// <inheritdoc />
    public IEncodedEvent Encode(NormalizedEvent normalized)
    {
        var estimate = 512 + normalized.Event.Source.Length;
        if (_pieces.Count == 0 || _pieces[^1].Length + estimate > PieceBytes)
            _pieces.Add(new ByteBuffer(Math.Max(PieceBytes, estimate)));
        return new EncodedEvent(normalized, _pieces[^1]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _pieces.ForEach(piece => piece.Dispose());
        _pieces.Clear();
    }
}
