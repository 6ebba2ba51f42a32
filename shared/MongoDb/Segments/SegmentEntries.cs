using System.Buffers;
using System.Text;
using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using MongoDB.Bson;

namespace CustomEvents.MongoDb.Segments;

/// <summary>The segment entries of an event.</summary>
internal static class SegmentEntries
{
    /// <summary>Writes one entry's document for each segmentable key, one behind the other.</summary>
    public static void Write(BsonBuffer output, NormalizedEvent normalized)
    {
        var source = normalized.Event.Source;
        for (var i = 0; i < normalized.Event.Data.Count; i++)
        {
            var property = normalized.Event.Data[i];
            if (property.Kind == PropertyKind.Json)
                continue;
            var rented = ArrayPool<byte>.Shared.Rent(property.Key.Length + property.Text.Length);
            var key = rented.AsSpan(0, property.Key.CopyTextTo(source, rented));
            var text = rented.AsSpan(key.Length, property.Text.CopyTextTo(source, rented.AsSpan(key.Length)));
            Write(output, normalized, key, property.Kind, text, property.Bits);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The <c>_id</c>s of a stored event's entries.</summary>
    public static IEnumerable<BsonValue> Ids(BsonDocument stored)
    {
        var storeId = stored["storeId"].AsString;
        var eventName = stored["eventName"].AsString;
        var occurredAt = stored["occurredAt"].ToUniversalTime();
        foreach (var (key, value) in stored["data"].AsBsonDocument.Select(e => (e.Name, e.Value)))
        {
            if (value.BsonType is not (BsonType.String or BsonType.Int64 or BsonType.Double or BsonType.Boolean or BsonType.DateTime))
                continue;
            var typed = value.ToProfileValue();
            using var output = new BsonBuffer(256);
            WriteId(
                output, storeId, eventName, Encoding.UTF8.GetBytes(key), typed.Kind, Encoding.UTF8.GetBytes(typed.Text ?? ""), typed.Bits, occurredAt,
                stored["customerId"].ToCustomerId(), stored["_id"].ToUuid());
            yield return Encoding.UTF8.GetString(output.Bytes, 0, output.Length);
        }
    }

    private static void Write(
        BsonBuffer output, NormalizedEvent normalized, ReadOnlySpan<byte> key, PropertyKind kind, ReadOnlySpan<byte> text, long bits)
    {
        var document = output.Begin();
        var id = output.BeginString("_id"u8);
        WriteId(
            output, normalized.StoreId, normalized.Event.EventName, key, kind, text, bits, normalized.OccurredAt, normalized.CustomerId, normalized.EventId);
        output.EndString(id);
        output.End(document);
    }

    private static void WriteId(
        BsonBuffer output, string storeId, string eventName, ReadOnlySpan<byte> key, PropertyKind kind, ReadOnlySpan<byte> text, long bits,
        DateTime occurredAt, CustomerId customerId, Guid eventId)
    {
        SegmentText.Part(output, storeId);
        SegmentText.Byte(output, SegmentText.Separator);
        SegmentText.Part(output, eventName);
        SegmentText.Byte(output, SegmentText.Separator);
        SegmentText.Part(output, key);
        SegmentText.Byte(output, SegmentText.Separator);
        SegmentText.Value(output, kind, text, bits);
        SegmentText.Byte(output, SegmentText.Separator);
        SegmentText.Time(output, occurredAt);
        SegmentText.Customer(output, customerId);
        SegmentText.EventId(output, eventId);
    }
}
