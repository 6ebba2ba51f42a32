namespace CustomEvents.Pipeline.Stores;

/// <summary>What the catalog knows of an event name.</summary>
/// <param name="StoreId">The store.</param>
/// <param name="EventName">The event's name.</param>
/// <param name="FirstSeenAt">When it was first seen, UTC.</param>
/// <param name="Properties">Its segmentable keys with the types that were seen, in the order in which they were first seen.</param>
public sealed record CatalogEvent(
    string StoreId, string EventName, DateTime FirstSeenAt, IReadOnlyList<(string Key, IReadOnlyList<string> Types)> Properties);
