namespace CustomEvents.Pipeline.Stores;

/// <summary>Which events and keys a store has sent. Keys beyond <see cref="Events.Limits.MaxCatalogProperties"/> are left out.</summary>
public interface ICatalogStore
{
    /// <summary>Adds what is new among the entries; what is known already changes nothing.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be added.</exception>
    Task AddAsync(IReadOnlyList<CatalogEntry> entries, CancellationToken cancellationToken);

    /// <summary>A store's catalog, by event name.</summary>
    Task<IReadOnlyList<CatalogEvent>> ListAsync(string storeId, CancellationToken cancellationToken);
}
