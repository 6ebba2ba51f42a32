using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

/// <summary>An event as the in-memory store keeps it: typed values, and the normalized record as it came.</summary>
public sealed record EncodedEvent(
    Guid EventId, string StoreId, string? UniqueId, string EventName, CustomerId CustomerId, DateTime OccurredAt, DateTime ReceivedAt,
    Position Position, string Normalized, IReadOnlyList<(string Key, ProfileValue Value)> Segmentable) : IEncodedEvent;
