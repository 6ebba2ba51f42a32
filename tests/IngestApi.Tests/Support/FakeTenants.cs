using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>Stores and keys in memory that count what they are asked, and fail or wait where the test says so.</summary>
public sealed class FakeTenants : ITenantStore
{
    private readonly ConcurrentDictionary<string, Store> _stores = new();
    private readonly ConcurrentDictionary<string, ApiKey> _keys = new();
    private int _keyLookups;

    /// <summary>What the next calls throw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What the next calls wait for.</summary>
    public Task? Gate { get; set; }

    public int KeyLookups => Volatile.Read(ref _keyLookups);

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public void AddStore(string storeId) => _stores[storeId] = new Store(storeId, RunningApi.Start.UtcDateTime);

    public void AddKey(string key, string storeId, string[]? scopes = null, DateTime? expiresAt = null, DateTime? revokedAt = null) =>
        _keys[HashOf(key)] = new ApiKey(
            HashOf(key), "id-" + key, storeId, null, scopes ?? [ApiKey.WriteEvents], RunningApi.Start.UtcDateTime.AddDays(-2), expiresAt, revokedAt);

    public void Revoke(string key) => _keys[HashOf(key)] = _keys[HashOf(key)] with { RevokedAt = RunningApi.Start.UtcDateTime };

    public async Task<IReadOnlyList<ApiKey>> FindKeysAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _keyLookups);
        await TroubleAsync(cancellationToken);
        return [.. hashes.Select(_keys.GetValueOrDefault).OfType<ApiKey>()];
    }

    public async Task<bool> StoreExistsAsync(string storeId, CancellationToken cancellationToken)
    {
        await TroubleAsync(cancellationToken);
        return _stores.ContainsKey(storeId);
    }

    public Task<IReadOnlySet<string>> FindStoresAsync(IReadOnlyCollection<string> storeIds, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> CreateStoreAsync(Store store, CancellationToken cancellationToken) => Task.FromResult(_stores.TryAdd(store.StoreId, store));

    public Task<IReadOnlyList<Store>> ListStoresAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CreateKeyAsync(ApiKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(string storeId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ApiKey?> RevokeKeyAsync(string keyId, DateTime revokedAt, CancellationToken cancellationToken) => throw new NotSupportedException();

    private async Task TroubleAsync(CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
            await gate.WaitAsync(cancellationToken);
        if (Failure is { } failure)
            throw failure;
    }
}
