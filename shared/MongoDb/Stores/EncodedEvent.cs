using System.Buffers.Binary;
using System.Text;
using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.MongoDb.Stores;

/// <summary>An event's document and behind it those of its segment entries, in a buffer that it shares with others.</summary>
internal sealed class EncodedEvent(Guid eventId, string storeId, string? uniqueId, BsonBuffer buffer, int start, int end) : IEncodedEvent
{
    /// <inheritdoc />
    public Guid EventId { get; } = eventId;

    /// <inheritdoc />
    public string StoreId { get; } = storeId;

    /// <summary>Its <c>uniqueId</c>; null where it has none.</summary>
    public string? UniqueId { get; } = uniqueId;

    /// <summary>The document for <c>events</c>.</summary>
    public ReadOnlySpan<byte> Document => At(start);

    /// <summary>Where the documents for <c>segment_index</c> begin.</summary>
    public IEnumerable<int> Entries()
    {
        for (var entry = start + Document.Length; entry < end; entry += At(entry).Length)
            yield return entry;
    }

    /// <summary>The <c>_id</c> of an entry.</summary>
    public string EntryId(int entry)
    {
        // Length of the document (4), type (1), "_id" and its NUL (4), length of the string with its NUL (4).
        var id = At(entry)[9..];
        return Encoding.UTF8.GetString(id.Slice(4, BinaryPrimitives.ReadInt32LittleEndian(id) - 1));
    }

    /// <summary>The document that begins there; it begins with its length.</summary>
    public ReadOnlySpan<byte> At(int document) => buffer.Bytes.AsSpan(document, BinaryPrimitives.ReadInt32LittleEndian(buffer.Bytes.AsSpan(document)));
}
