using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Writes the documents and segment entries of a batch's events.</summary>
internal sealed class EventEncoder : IEventEncoder
{
    private readonly BufferPieces _pieces = new();

    /// <inheritdoc />
    public IEncodedEvent Encode(NormalizedEvent normalized) => new EncodedEvent(normalized, _pieces.For(512 + normalized.Event.Source.Length));

    /// <inheritdoc />
    public void Dispose() => _pieces.Dispose();
}
