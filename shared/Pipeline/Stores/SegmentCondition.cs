using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>Customers of a store with at least one event whose key compares to a value, since a time.</summary>
/// <param name="StoreId">The store.</param>
/// <param name="EventName">The event's name.</param>
/// <param name="Key">The segmentable key.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Value">With what; null for <see cref="SegmentOperator.Exists"/> alone. A string is cut to <see cref="Limits.MaxIndexedStringBytes"/> as the index is.</param>
/// <param name="Since">Events that occurred then or later, UTC; null for all.</param>
public sealed record SegmentCondition(
    string StoreId, string EventName, string Key, SegmentOperator Operator, ProfileValue? Value, DateTime? Since);
