using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Segments;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.MongoDb.Stores;

/// <summary>Writes the documents of a batch's events and of their segment entries.</summary>
internal sealed class EventEncoder : IEventEncoder
{
    // What MongoDB stores as one document.
    private const int MaxDocumentBytes = 16 * 1024 * 1024;

    private readonly BufferPieces<BsonBuffer> _pieces = new(static capacity => new BsonBuffer(capacity), static piece => piece.Length);

    /// <inheritdoc />
    public IEncodedEvent Encode(NormalizedEvent normalized)
    {
        var custom = normalized.Event;
        var buffer = _pieces.For(1024 + (2 * custom.Source.Length));
        var start = buffer.Begin();
        try
        {
            buffer.Write("_id"u8, normalized.EventId);
            buffer.Write("storeId"u8, normalized.StoreId);
            if (custom.UniqueId is { } uniqueId)
                buffer.Write("uniqueId"u8, uniqueId);
            buffer.Write("eventName"u8, custom.EventName);
            buffer.Write("customerId"u8, normalized.CustomerId);
            buffer.Write("occurredAt"u8, normalized.OccurredAt);
            buffer.Write("receivedAt"u8, normalized.ReceivedAt);
            if (custom.Value is { } value)
                buffer.Write("value"u8, value);
            if (custom.ValueCurrency is { } currency)
                buffer.Write("valueCurrency"u8, currency);
            var data = buffer.BeginDocument("data"u8);
            for (var i = 0; i < custom.Data.Count; i++)
                buffer.Write(custom.Data[i], custom.Source);
            buffer.End(data);
            if (custom.Extra is { } extra)
                buffer.WriteJson("extra"u8, extra.Of(custom.Source));
            var source = buffer.BeginDocument("source"u8);
            buffer.Write("producer"u8, normalized.Producer);
            buffer.Write("topic"u8, normalized.Topic);
            buffer.Write("partition"u8, normalized.Position.Partition);
            buffer.Write("offset"u8, normalized.Position.Offset);
            buffer.End(source);
            buffer.End(start);
            if (buffer.Length - start is var length and > MaxDocumentBytes)
            {
                throw new RecordFaultException(
                    ErrorCode.TooLarge, $"The event takes {length:N0} bytes as a document of MongoDB, which stores at most {MaxDocumentBytes:N0}.");
            }

            SegmentEntries.Write(buffer, normalized);
            return new EncodedEvent(normalized.EventId, normalized.StoreId, custom.UniqueId, buffer, start, buffer.Length);
        }
        catch
        {
            buffer.Shrink(start);
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _pieces.Dispose();
}
