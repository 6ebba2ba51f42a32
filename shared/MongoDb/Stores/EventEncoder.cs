using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.MongoDb.Stores;

/// <summary>Measures events; each is written where it is stored.</summary>
internal sealed class EventEncoder : IEventEncoder
{
    // What MongoDB stores as one document.
    private const int MaxDocumentBytes = 16 * 1024 * 1024;

    // Of JSON a document takes eight times as much at most: of an array of digits, each with its index. Only what is so large that it might be too much is measured.
    private const int SurelyFits = MaxDocumentBytes / 16;

    /// <inheritdoc />
    public IEncodedEvent Encode(NormalizedEvent normalized)
    {
        var encoded = new EncodedEvent(normalized);
        if (normalized.Event.Source.Length <= SurelyFits)
            return encoded;
        using var buffer = new BsonBuffer(2 * normalized.Event.Source.Length);
        encoded.Write(buffer);
        return buffer.Length <= MaxDocumentBytes
            ? encoded
            : throw new RecordFaultException(
                ErrorCode.TooLarge, $"The event takes {buffer.Length:N0} bytes as a document of MongoDB, which stores at most {MaxDocumentBytes:N0}.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
