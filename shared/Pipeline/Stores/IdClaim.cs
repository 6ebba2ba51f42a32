using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>A record's claim to be the one that uses an <c>event-id</c> which its producer chose.</summary>
/// <param name="EventId">The id.</param>
/// <param name="StoreId">The store that uses it.</param>
/// <param name="Position">The record: read again after a crash it finds its own claim.</param>
/// <param name="Content">The first 8 bytes of the SHA-256 of the record's value: by it a replay of the record, which stands elsewhere, is known.</param>
public readonly record struct IdClaim(Guid EventId, string StoreId, Position Position, long Content);
