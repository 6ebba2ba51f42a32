namespace CustomEvents.Pipeline.Stores;

/// <summary>An event's claim to be the one that has a <c>uniqueId</c>.</summary>
public readonly record struct Claim(string StoreId, string UniqueId, Guid EventId);
