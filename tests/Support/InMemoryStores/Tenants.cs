using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

public sealed partial class InMemoryStores : ITenantStore
{
    private readonly SortedDictionary<string, Store> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ApiKey> _keys = new(StringComparer.Ordinal);

    public Task<bool> StoreExistsAsync(string storeId, CancellationToken cancellationToken) =>
        RunAsync(nameof(StoreExistsAsync), () => _stores.ContainsKey(storeId), cancellationToken);

    public Task<IReadOnlySet<string>> FindStoresAsync(IReadOnlyCollection<string> storeIds, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlySet<string>>(nameof(FindStoresAsync), () => storeIds.Where(_stores.ContainsKey).ToHashSet(StringComparer.Ordinal), cancellationToken);

    public Task<bool> CreateStoreAsync(Store store, CancellationToken cancellationToken) =>
        RunAsync(nameof(CreateStoreAsync), () => _stores.TryAdd(store.StoreId, store), cancellationToken);

    public Task<IReadOnlyList<Store>> ListStoresAsync(CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<Store>>(nameof(ListStoresAsync), () => [.. _stores.Values], cancellationToken);

    public Task<IReadOnlyList<ApiKey>> FindKeysAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<ApiKey>>(nameof(FindKeysAsync), () => [.. hashes.Select(_keys.GetValueOrDefault).OfType<ApiKey>()], cancellationToken);

    public Task CreateKeyAsync(ApiKey key, CancellationToken cancellationToken) =>
        RunAsync(nameof(CreateKeyAsync), () => _keys.TryAdd(key.Hash, key), cancellationToken);

    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(string storeId, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<ApiKey>>(
            nameof(ListKeysAsync),
            () => [.. _keys.Values.Where(key => key.StoreId == storeId).OrderBy(key => key.CreatedAt)],
            cancellationToken);

    public Task<ApiKey?> RevokeKeyAsync(string keyId, DateTime revokedAt, CancellationToken cancellationToken) =>
        RunAsync(
            nameof(RevokeKeyAsync),
            () =>
            {
                var key = _keys.Values.FirstOrDefault(key => key.KeyId == keyId);
                if (key is { RevokedAt: null })
                    _keys[key.Hash] = key = key with { RevokedAt = revokedAt };
                return key;
            },
            cancellationToken);
}
