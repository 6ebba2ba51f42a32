using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>The catalog in the data folder.</summary>
internal sealed class SqliteCatalogStore(DataFolder folder) : ICatalogStore
{
    /// <inheritdoc />
    public Task AddAsync(IReadOnlyList<CatalogEntry> entries, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.WriteSoonAsync(
            connection =>
            {
                for (var i = 0; i < entries.Count; i++)
                    Add(connection, stores.Names, entries[i]);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<CatalogEvent>> ListAsync(string storeId, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync<IReadOnlyList<CatalogEvent>>(
            connection =>
            {
                var events = new List<CatalogEvent>();
                var select = connection.Prepare(
                    """
                    SELECT n.event_name, c.first_seen_at, c.event FROM event_names n JOIN catalog_events c ON c.event=n.event
                    WHERE n.store=?1 ORDER BY n.event_name
                    """).Bind(1, stores.StoreNumber(connection, storeId));
                while (select.Step())
                {
                    events.Add(new CatalogEvent(
                        storeId, select.Text(0), Times.FromMilliseconds(select.Int64(1)), Properties(connection, select.Int64(2))));
                }

                return events;
            },
            cancellationToken);
    }

    private static List<(string Key, IReadOnlyList<string> Types)> Properties(Connection connection, long eventNumber)
    {
        var properties = new List<(string, IReadOnlyList<string>)>();
        var select = connection.Prepare("SELECT name, types FROM catalog_properties WHERE event=?1 ORDER BY place").Bind(1, eventNumber);
        while (select.Step())
            properties.Add((select.Text(0), select.Text(1).Split(',')));
        return properties;
    }

    private static void Add(Connection connection, NameNumbers names, CatalogEntry entry)
    {
        var eventNumber = names.Event(connection, names.Store(connection, entry.StoreId), entry.EventName);
        connection.Prepare("INSERT INTO catalog_events(event, first_seen_at) VALUES(?1, ?2) ON CONFLICT DO NOTHING")
            .Bind(1, eventNumber).Bind(2, entry.FirstSeenAt.ToMilliseconds()).Run();
        if (entry is not { Key: { } key, Type: { } type })
            return;

        var select = connection.Prepare("SELECT types FROM catalog_properties WHERE event=?1 AND name=?2").Bind(1, eventNumber).Bind(2, key);
        var types = select.Step() ? select.Text(0) : null;
        select.Reset();
        if (types is null)
        {
            var count = connection.Prepare("SELECT count(*) FROM catalog_properties WHERE event=?1").Bind(1, eventNumber);
            count.Step();
            var place = count.Int64(0);
            count.Reset();
            if (place >= Limits.MaxCatalogProperties)
                return;
            connection.Prepare("INSERT INTO catalog_properties(event, name, place, types) VALUES(?1, ?2, ?3, ?4)")
                .Bind(1, eventNumber).Bind(2, key).Bind(3, place).Bind(4, type).Run();
        }
        else if (!types.Split(',').Contains(type, StringComparer.Ordinal))
        {
            connection.Prepare("UPDATE catalog_properties SET types=?3 WHERE event=?1 AND name=?2")
                .Bind(1, eventNumber).Bind(2, key).Bind(3, types + "," + type).Run();
        }
    }
}
