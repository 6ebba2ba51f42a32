using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Claims in the data folder.</summary>
internal sealed class SqliteClaimStore(DataFolder folder) : IClaimStore
{
    /// <inheritdoc />
    public Task<IReadOnlyList<Guid>> ClaimAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.WriteAsync<IReadOnlyList<Guid>>(
            connection =>
            {
                var owners = new Guid[claims.Count];
                for (var i = 0; i < owners.Length; i++)
                {
                    var claim = claims[i];
                    var store = stores.Names.Store(connection, claim.StoreId);
                    var inserted = connection.Prepare("INSERT INTO claims(store, unique_id, event_id) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING")
                        .Bind(1, store).Bind(2, claim.UniqueId).Bind(3, claim.EventId).Run();
                    owners[i] = inserted == 1 ? claim.EventId : Owner(connection, store, claim.UniqueId)!.Value;
                }

                return owners;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<Guid?> FindAsync(string storeId, string uniqueId, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync(connection => Owner(connection, stores.StoreNumber(connection, storeId), uniqueId), cancellationToken);
    }

    private static Guid? Owner(Database.Connection connection, long store, string uniqueId)
    {
        var select = connection.Prepare("SELECT event_id FROM claims WHERE store=?1 AND unique_id=?2").Bind(1, store).Bind(2, uniqueId);
        Guid? owner = select.Step() ? select.Guid(0) : null;
        select.Reset();
        return owner;
    }
}
