namespace CustomEvents.Pipeline.Stores;

/// <summary>An event as a reader finds it.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="StoreId">Its store.</param>
/// <param name="UniqueId">Its <c>uniqueId</c>; null where it has none.</param>
/// <param name="ReceivedAt">When it was received, UTC.</param>
/// <param name="Json">The whole document as relaxed Extended JSON, for people and scripts.</param>
public sealed record StoredEvent(Guid EventId, string StoreId, string? UniqueId, DateTime ReceivedAt, string Json);
