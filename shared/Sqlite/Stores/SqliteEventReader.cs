using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Reads events of the data folder.</summary>
internal sealed class SqliteEventReader(DataFolder folder) : IEventReader
{
    private const string Columns = "SELECT event_id, unique_id, received_at, document FROM events WHERE store=?1 AND ";

    /// <inheritdoc />
    public Task<StoredEvent?> FindByEventIdAsync(string storeId, Guid eventId, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync(
            connection => One(
                connection.Prepare(Columns + "event_id=?2").Bind(1, stores.StoreNumber(connection, storeId)).Bind(2, eventId), storeId),
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<StoredEvent?> FindByUniqueIdAsync(string storeId, string uniqueId, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync(
            connection => One(
                connection.Prepare(Columns + "unique_id=?2").Bind(1, stores.StoreNumber(connection, storeId)).Bind(2, uniqueId), storeId),
            cancellationToken);
    }

    private static StoredEvent? One(Statement select, string storeId)
    {
        var found = select.Step()
            ? new StoredEvent(select.Guid(0), storeId, select.NullableText(1), Times.FromMilliseconds(select.Int64(2)), select.Text(3))
            : null;
        select.Reset();
        return found;
    }
}
