namespace CustomEvents.Pipeline.Stores;

/// <summary>Stores (tenants) and their keys. Every method throws <see cref="InfrastructureException"/> where the database is away.</summary>
public interface ITenantStore
{
    /// <summary>Whether a store exists, looked up afresh.</summary>
    Task<bool> StoreExistsAsync(string storeId, CancellationToken cancellationToken);

    /// <summary>Those of some stores that exist, looked up afresh.</summary>
    Task<IReadOnlySet<string>> FindStoresAsync(IReadOnlyCollection<string> storeIds, CancellationToken cancellationToken);

    /// <summary>Creates a store; false where it exists already.</summary>
    Task<bool> CreateStoreAsync(Store store, CancellationToken cancellationToken);

    /// <summary>All stores, by id.</summary>
    Task<IReadOnlyList<Store>> ListStoresAsync(CancellationToken cancellationToken);

    /// <summary>The keys with these hashes that there are, revoked and expired ones too, looked up afresh, in any order.</summary>
    Task<IReadOnlyList<ApiKey>> FindKeysAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellationToken);

    /// <summary>Adds a key.</summary>
    Task CreateKeyAsync(ApiKey key, CancellationToken cancellationToken);

    /// <summary>A store's keys, oldest first.</summary>
    Task<IReadOnlyList<ApiKey>> ListKeysAsync(string storeId, CancellationToken cancellationToken);

    /// <summary>Revokes a key by its key id; null where there is none. One revoked before keeps its time.</summary>
    Task<ApiKey?> RevokeKeyAsync(string keyId, DateTime revokedAt, CancellationToken cancellationToken);
}
