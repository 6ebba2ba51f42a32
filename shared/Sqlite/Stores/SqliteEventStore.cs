using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Events and their segment entries in the data folder.</summary>
internal sealed class SqliteEventStore(DataFolder folder) : IEventStore
{
    /// <inheritdoc />
    public Task<IReadOnlyDictionary<Guid, string>> FindOwnersAsync(IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken) =>
        folder.Stores.ReadAsync<IReadOnlyDictionary<Guid, string>>(
            connection =>
            {
                var owners = new Dictionary<Guid, string>();
                foreach (var id in eventIds)
                {
                    if (Owner(connection, id) is { } storeId)
                        owners[id] = storeId;
                }

                return owners;
            },
            cancellationToken);

    /// <inheritdoc />
    public IEventEncoder NewEncoder() => new EventEncoder();

    /// <inheritdoc />
    public Task IndexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        // The events themselves follow, in the same file: they cannot be on the disk without these.
        return stores.WriteSoonAsync(
            connection =>
            {
                for (var i = 0; i < events.Count; i++)
                {
                    var encoded = (EncodedEvent)events[i];
                    SegmentRows.Insert(connection, Number(connection, stores.Names, encoded), encoded, stores.Names);
                }

                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<InsertOutcome>> InsertAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.WriteAsync<IReadOnlyList<InsertOutcome>>(
            connection =>
            {
                var outcomes = new InsertOutcome[events.Count];
                for (var i = 0; i < outcomes.Length; i++)
                    outcomes[i] = Insert(connection, stores.Names, (EncodedEvent)events[i]);
                return outcomes;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task UnindexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.WriteAsync(
            connection =>
            {
                for (var i = 0; i < events.Count; i++)
                {
                    var encoded = (EncodedEvent)events[i];
                    SegmentRows.Delete(connection, Number(connection, stores.Names, encoded), encoded, stores.Names);
                }

                return true;
            },
            cancellationToken);
    }

    private static long Number(Connection connection, NameNumbers names, EncodedEvent encoded) =>
        names.Event(connection, names.Store(connection, encoded.StoreId), encoded.EventName);

    private static InsertOutcome Insert(Connection connection, NameNumbers names, EncodedEvent encoded)
    {
        var insert = connection.Prepare(
            """
            INSERT INTO events(event_id, store, unique_id, event, customer_id, occurred_at, received_at, document)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING
            """);
        insert.Bind(1, encoded.EventId).Bind(2, names.Store(connection, encoded.StoreId)).Bind(3, encoded.UniqueId)
            .Bind(4, Number(connection, names, encoded)).Bind(6, encoded.OccurredAt).Bind(7, encoded.ReceivedAt).BindText(8, encoded.Document);
        CustomerColumns.BindId(insert, 5, encoded.CustomerId);
        if (insert.Run() == 1)
            return InsertOutcome.Stored;
        return Owner(connection, encoded.EventId) switch
        {
            null => InsertOutcome.UniqueIdTaken,
            var owner when owner == encoded.StoreId => InsertOutcome.AlreadyStored,
            _ => InsertOutcome.EventIdOfAnotherStore,
        };
    }

    private static string? Owner(Connection connection, Guid eventId)
    {
        var select = connection.Prepare("SELECT s.store_id FROM events e JOIN store_names s ON s.store=e.store WHERE e.event_id=?1").Bind(1, eventId);
        var owner = select.Step() ? select.Text(0) : null;
        select.Reset();
        return owner;
    }
}
