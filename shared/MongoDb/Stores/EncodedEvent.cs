using CustomEvents.MongoDb.Documents;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.MongoDb.Stores;

/// <summary>An event's document and behind it those of its segment entries, in one pooled buffer.</summary>
internal sealed class EncodedEvent(Guid eventId, string storeId, string? uniqueId, BsonBuffer buffer, int documentLength, List<int> entries) : IEncodedEvent
{
    /// <inheritdoc />
    public Guid EventId { get; } = eventId;

    /// <inheritdoc />
    public string StoreId { get; } = storeId;

    /// <summary>Its <c>uniqueId</c>; null where it has none.</summary>
    public string? UniqueId { get; } = uniqueId;

    /// <summary>The document for <c>events</c>.</summary>
    public ReadOnlySpan<byte> Document => buffer.Bytes.AsSpan(0, documentLength);

    /// <summary>How many segment entries it has.</summary>
    public int EntryCount => entries.Count;

    /// <summary>A document for <c>segment_index</c>.</summary>
    public ReadOnlySpan<byte> Entry(int index)
    {
        var end = index + 1 < entries.Count ? entries[index + 1] : buffer.Length;
        return buffer.Bytes.AsSpan(entries[index], end - entries[index]);
    }

    /// <summary>The <c>_id</c> of an entry.</summary>
    public string EntryId(int index)
    {
        // Length of the document (4), type (1), "_id" and its NUL (4), length of the string with its NUL (4).
        var start = entries[index] + 9;
        var length = BitConverter.ToInt32(buffer.Bytes, start) - 1;
        return System.Text.Encoding.UTF8.GetString(buffer.Bytes, start + 4, length);
    }

    /// <inheritdoc />
    public void Dispose() => buffer.Dispose();
}
