using System.Text.Json;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Stores and their keys in the data folder. Nothing is kept in memory, so what an operator's command writes counts at once.</summary>
internal sealed class SqliteTenantStore(DataFolder folder) : ITenantStore
{
    private const string KeyColumns = "SELECT hash, key_id, store_id, name, scopes, created_at, expires_at, revoked_at FROM api_keys";

    /// <inheritdoc />
    public Task<bool> StoreExistsAsync(string storeId, CancellationToken cancellationToken) =>
        folder.Stores.ReadAsync(connection => Exists(connection, storeId), cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlySet<string>> FindStoresAsync(IReadOnlyCollection<string> storeIds, CancellationToken cancellationToken) => folder.Stores.ReadAsync<IReadOnlySet<string>>(
        connection => storeIds.Where(storeId => Exists(connection, storeId)).ToHashSet(StringComparer.Ordinal), cancellationToken);

    /// <inheritdoc />
    public Task<bool> CreateStoreAsync(Store store, CancellationToken cancellationToken) => folder.Stores.WriteAsync(
        connection => connection.Prepare("INSERT INTO stores(store_id, created_at) VALUES(?1, ?2) ON CONFLICT DO NOTHING")
            .Bind(1, store.StoreId).Bind(2, store.CreatedAt.ToMilliseconds()).Run() == 1,
        cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<Store>> ListStoresAsync(CancellationToken cancellationToken) => folder.Stores.ReadAsync<IReadOnlyList<Store>>(
        connection =>
        {
            var result = new List<Store>();
            var select = connection.Prepare("SELECT store_id, created_at FROM stores ORDER BY store_id");
            while (select.Step())
                result.Add(new Store(select.Text(0), Times.FromMilliseconds(select.Int64(1))));
            return result;
        },
        cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<ApiKey>> FindKeysAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellationToken) => folder.Stores.ReadAsync<IReadOnlyList<ApiKey>>(
        connection => [.. hashes.Select(hash => One(connection.Prepare(KeyColumns + " WHERE hash=?1").Bind(1, hash))).OfType<ApiKey>()], cancellationToken);

    /// <inheritdoc />
    public Task CreateKeyAsync(ApiKey key, CancellationToken cancellationToken) => folder.Stores.WriteAsync(
        connection => connection.Prepare(
                """
                INSERT INTO api_keys(hash, key_id, store_id, name, scopes, created_at, expires_at, revoked_at)
                VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """)
            .Bind(1, key.Hash).Bind(2, key.KeyId).Bind(3, key.StoreId).Bind(4, key.Name).Bind(5, JsonSerializer.Serialize(key.Scopes))
            .Bind(6, key.CreatedAt.ToMilliseconds()).Bind(7, key.ExpiresAt?.ToMilliseconds()).Bind(8, key.RevokedAt?.ToMilliseconds()).Run(),
        cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(string storeId, CancellationToken cancellationToken) => folder.Stores.ReadAsync<IReadOnlyList<ApiKey>>(
        connection =>
        {
            var result = new List<ApiKey>();
            var select = connection.Prepare(KeyColumns + " WHERE store_id=?1 ORDER BY created_at, key_id").Bind(1, storeId);
            while (select.Step())
                result.Add(Read(select));
            return result;
        },
        cancellationToken);

    /// <inheritdoc />
    public Task<ApiKey?> RevokeKeyAsync(string keyId, DateTime revokedAt, CancellationToken cancellationToken) => folder.Stores.WriteAsync(
        connection =>
        {
            connection.Prepare("UPDATE api_keys SET revoked_at=?2 WHERE key_id=?1 AND revoked_at IS NULL")
                .Bind(1, keyId).Bind(2, revokedAt.ToMilliseconds()).Run();
            return One(connection.Prepare(KeyColumns + " WHERE key_id=?1").Bind(1, keyId));
        },
        cancellationToken);

    private static bool Exists(Connection connection, string storeId)
    {
        var select = connection.Prepare("SELECT 1 FROM stores WHERE store_id=?1").Bind(1, storeId);
        var exists = select.Step();
        select.Reset();
        return exists;
    }

    private static ApiKey? One(Statement select)
    {
        var key = select.Step() ? Read(select) : null;
        select.Reset();
        return key;
    }

    private static ApiKey Read(Statement row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.NullableText(3), JsonSerializer.Deserialize<string[]>(row.Bytes(4))!,
        Times.FromMilliseconds(row.Int64(5)), Time(row, 6), Time(row, 7));

    private static DateTime? Time(Statement row, int column) => row.NullableInt64(column) is { } time ? Times.FromMilliseconds(time) : null;
}
