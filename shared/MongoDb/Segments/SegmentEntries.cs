using System.Buffers;
using System.Text;
using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using MongoDB.Bson;

namespace CustomEvents.MongoDb.Segments;

/// <summary>The segment entries of an event.</summary>
internal static class SegmentEntries
{
    /// <summary>Whether a property has an entry.</summary>
    public static bool Has(in Property property) => property.Kind != PropertyKind.Json;

    /// <summary>Writes the document of a property's entry.</summary>
    public static void Write(BsonBuffer output, NormalizedEvent normalized, in Property property)
    {
        var document = output.Begin();
        var id = output.BeginString("_id"u8);
        WriteId(output, normalized, property);
        output.EndString(id);
        output.End(document);
    }

    /// <summary>The <c>_id</c>s of an event's entries.</summary>
    public static IEnumerable<BsonValue> Ids(NormalizedEvent normalized)
    {
        foreach (var property in normalized.Event.Data)
        {
            if (!Has(property))
                continue;
            using var output = new BsonBuffer(256);
            WriteId(output, normalized, property);
            yield return Encoding.UTF8.GetString(output.Bytes, 0, output.Length);
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

    private static void WriteId(BsonBuffer output, NormalizedEvent normalized, in Property property)
    {
        var source = normalized.Event.Source;
        var rented = ArrayPool<byte>.Shared.Rent(property.Key.Length + property.Text.Length);
        var key = rented.AsSpan(0, property.Key.CopyTextTo(source, rented));
        var text = rented.AsSpan(key.Length, property.Text.CopyTextTo(source, rented.AsSpan(key.Length)));
        WriteId(
            output, normalized.StoreId, normalized.Event.EventName, key, property.Kind, text, property.Bits, normalized.OccurredAt, normalized.CustomerId, normalized.EventId);
        ArrayPool<byte>.Shared.Return(rented);
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
