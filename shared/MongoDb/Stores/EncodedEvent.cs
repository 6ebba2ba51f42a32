using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.MongoDb.Stores;

/// <summary>An event that fits into a document. The document is written straight into the command that stores it: thousands of events wait for theirs at once.</summary>
internal sealed class EncodedEvent(NormalizedEvent normalized) : IEncodedEvent
{
    /// <inheritdoc />
    public Guid EventId => normalized.EventId;

    /// <inheritdoc />
    public string StoreId => normalized.StoreId;

    /// <summary>The event itself.</summary>
    public NormalizedEvent Event => normalized;

    /// <summary>Writes the document for <c>events</c>.</summary>
    public void Write(BsonBuffer buffer)
    {
        var custom = normalized.Event;
        var start = buffer.Begin();
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
    }
}
