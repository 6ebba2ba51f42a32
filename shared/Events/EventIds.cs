namespace CustomEvents.Events;

/// <summary>Ids of events that are derived and not drawn: the same input gives the same id (contract sections 2 and 9). UUIDs of version 8.</summary>
public static class EventIds
{
    /// <summary>The id of an event in a request with an <c>Idempotency-Key</c>.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="endpoint">Which endpoint: <c>events</c> or <c>events/bulk</c>.</param>
    /// <param name="idempotencyKey">The key.</param>
    /// <param name="json">The event's own bytes, without a byte order mark.</param>
    /// <param name="occurrence">How many events of equal bytes stand before it in the request.</param>
    public static Guid FromIdempotencyKey(string storeId, string endpoint, string idempotencyKey, ReadOnlySpan<byte> json, int occurrence) =>
        throw new NotImplementedException();

    /// <summary>The id of a direct producer's record that has none of its own.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="timestamp">The record's timestamp, UTC.</param>
    /// <param name="value">The record's value with its frame; empty for a tombstone.</param>
    public static Guid FromRecord(string topic, int partition, long offset, DateTime timestamp, ReadOnlySpan<byte> value) =>
        throw new NotImplementedException();

    /// <summary>Reads a UUID as 8-4-4-4-12 hexadecimal digits, nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Guid id) => throw new NotImplementedException();
}
