using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>Names a customer: two stores may use the same id for two customers.</summary>
public readonly record struct CustomerKey(string StoreId, CustomerId CustomerId);
