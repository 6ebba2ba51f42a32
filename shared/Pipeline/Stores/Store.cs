namespace CustomEvents.Pipeline.Stores;

/// <summary>A store: a tenant.</summary>
/// <param name="StoreId">Its id.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
public sealed record Store(string StoreId, DateTime CreatedAt);
