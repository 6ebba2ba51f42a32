namespace CustomEvents.Pipeline.Log;

/// <summary>A record to append. Its partition is the murmur2 of its key, as Java's clients choose it; any where the key is null.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Key">The store's id as UTF-8; null only for a rejection that has none.</param>
/// <param name="Value">The value. It must stay as it is until the append has completed.</param>
/// <param name="Headers">Its headers.</param>
public readonly record struct OutgoingRecord(
    string Topic, ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value, IReadOnlyList<RecordHeader> Headers);
