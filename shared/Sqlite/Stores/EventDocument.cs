using CustomEvents.Events;

namespace CustomEvents.Sqlite.Stores;

/// <summary>The document of an event, contract section 11.</summary>
internal static class EventDocument
{
    public static void Write(ByteBuffer output, NormalizedEvent normalized)
    {
        var source = normalized.Event;
        output.Write("{\"_id\":"u8);
        ExtendedJson.Write(output, normalized.EventId);
        output.Write(",\"storeId\":"u8);
        ExtendedJson.Write(output, normalized.StoreId);
        if (source.UniqueId is { } uniqueId)
        {
            output.Write(",\"uniqueId\":"u8);
            ExtendedJson.Write(output, uniqueId);
        }

        output.Write(",\"eventName\":"u8);
        ExtendedJson.Write(output, source.EventName);
        output.Write(",\"customerId\":"u8);
        ExtendedJson.Write(output, normalized.CustomerId);
        output.Write(",\"occurredAt\":"u8);
        ExtendedJson.Write(output, normalized.OccurredAt);
        output.Write(",\"receivedAt\":"u8);
        ExtendedJson.Write(output, normalized.ReceivedAt);
        if (source.Value is { } value)
        {
            output.Write(",\"value\":"u8);
            ExtendedJson.Write(output, value);
        }

        if (source.ValueCurrency is { } currency)
        {
            output.Write(",\"valueCurrency\":"u8);
            ExtendedJson.Write(output, currency);
        }

        output.Write(",\"data\":{"u8);
        WriteData(output, source);
        output.Write("}"u8);
        if (source.Extra is { } extra)
        {
            output.Write(",\"extra\":"u8);
            ExtendedJson.WriteNested(output, extra.Of(source.Source));
        }

        output.Write(",\"source\":{\"producer\":"u8);
        ExtendedJson.Write(output, normalized.Producer);
        output.Write(",\"topic\":"u8);
        ExtendedJson.Write(output, normalized.Topic);
        output.Write(",\"partition\":"u8);
        ExtendedJson.Write(output, normalized.Position.Partition);
        output.Write(",\"offset\":"u8);
        ExtendedJson.Write(output, normalized.Position.Offset);
        output.Write("}}"u8);
    }

    private static void WriteData(ByteBuffer output, CustomEvent source)
    {
        for (var i = 0; i < source.Data.Count; i++)
        {
            var property = source.Data[i];
            if (i > 0)
                output.Write(","u8);
            ExtendedJson.WriteRaw(output, property.Key.Of(source.Source));
            output.Write(":"u8);
            switch (property.Kind)
            {
                case PropertyKind.String:
                    ExtendedJson.WriteRaw(output, property.Text.Of(source.Source));
                    break;
                case PropertyKind.Integer:
                    ExtendedJson.Write(output, property.Integer);
                    break;
                case PropertyKind.Double:
                    ExtendedJson.Write(output, property.Double);
                    break;
                case PropertyKind.Boolean:
                    ExtendedJson.Write(output, property.Boolean);
                    break;
                case PropertyKind.Date:
                    ExtendedJson.Write(output, property.Date);
                    break;
                case PropertyKind.Json:
                    ExtendedJson.WriteNested(output, property.Text.Of(source.Source));
                    break;
            }
        }
    }
}
