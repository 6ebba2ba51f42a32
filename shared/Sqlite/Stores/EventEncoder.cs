using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Writes events one behind the other into pooled pieces: a buffer for each would be more than the pool keeps.</summary>
internal sealed class EventEncoder : IEventEncoder
{
    // A batch that is halved to find a faulty record has an encoder for each part: the first piece is small, and each the double of the one before.
    private const int FirstPieceBytes = 4 * 1024;
    private const int MostPieceBytes = 256 * 1024;

    private readonly List<ByteBuffer> _pieces = [];
    private int _pieceBytes = FirstPieceBytes / 2;

    /// <inheritdoc />
    public IEncodedEvent Encode(NormalizedEvent normalized)
    {
        var estimate = 512 + normalized.Event.Source.Length;
        if (_pieces.Count == 0 || _pieces[^1].Length + estimate > _pieceBytes)
        {
            _pieceBytes = Math.Min(2 * _pieceBytes, MostPieceBytes);
            _pieces.Add(new ByteBuffer(Math.Max(_pieceBytes, estimate)));
        }

        return new EncodedEvent(normalized, _pieces[^1]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _pieces.ForEach(piece => piece.Dispose());
        _pieces.Clear();
    }
}
