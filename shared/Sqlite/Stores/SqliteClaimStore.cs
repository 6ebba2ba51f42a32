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
    public Task<IReadOnlyList<IdClaim>> ClaimIdsAsync(IReadOnlyList<IdClaim> claims, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.WriteAsync<IReadOnlyList<IdClaim>>(
            connection =>
            {
                var holders = new IdClaim[claims.Count];
                Span<byte> position = stackalloc byte[PositionBytes.Length];
                for (var i = 0; i < holders.Length; i++)
                {
                    var claim = claims[i];
                    PositionBytes.Write(claim.Position, position);
                    var inserted = connection.Prepare("INSERT INTO used_ids(event_id, store, used_by, content) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
                        .Bind(1, claim.EventId).Bind(2, stores.Names.Store(connection, claim.StoreId)).BindBlob(3, position).Bind(4, claim.Content).Run();
                    holders[i] = inserted == 1 ? claim : Holder(connection, claim.EventId);
                }

                return holders;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<Guid?> FindAsync(string storeId, string uniqueId, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync(connection => Owner(connection, stores.StoreNumber(connection, storeId), uniqueId), cancellationToken);
    }

    private static IdClaim Holder(Database.Connection connection, Guid eventId)
    {
        var select = connection.Prepare("SELECT s.store_id, u.used_by, u.content FROM used_ids u JOIN store_names s ON s.store=u.store WHERE u.event_id=?1").Bind(1, eventId);
        select.Step();
        var holder = new IdClaim(eventId, select.Text(0), PositionBytes.Read(select.Bytes(1)), select.Int64(2));
        select.Reset();
        return holder;
    }

    private static Guid? Owner(Database.Connection connection, long store, string uniqueId)
    {
        var select = connection.Prepare("SELECT event_id FROM claims WHERE store=?1 AND unique_id=?2").Bind(1, store).Bind(2, uniqueId);
        Guid? owner = select.Step() ? select.Guid(0) : null;
        select.Reset();
        return owner;
    }
}
