using System.Runtime.CompilerServices;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Answers segment conditions from ranges of the segment index.</summary>
internal sealed class SqliteSegmentReader(DataFolder folder) : ISegmentReader
{
    private const int PageCustomers = 1_000;

    /// <inheritdoc />
    public async IAsyncEnumerable<CustomerId> FindCustomersAsync(
        SegmentCondition condition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        CustomerId? last = null;
        while (true)
        {
            // Page after page, so that a slow reader does not hold the write-ahead log.
            var page = await stores.ReadAsync(
                connection => ReadPage(connection, stores.StoreNumber(connection, condition.StoreId), condition, last), cancellationToken);
            foreach (var customer in page)
                yield return customer;
            if (page.Count < PageCustomers)
                yield break;
            last = page[^1];
        }
    }

    private static List<CustomerId> ReadPage(Connection connection, long store, SegmentCondition condition, CustomerId? last)
    {
        var found = new List<CustomerId>();
        if (KeyNumber(connection, store, condition) is not { } key)
            return found;
        var select = connection.Prepare(
            $"SELECT DISTINCT customer_id FROM segment_index WHERE key=?1{Range(condition.Operator)} AND occurred_at>=?4 AND customer_id>?5 ORDER BY customer_id LIMIT {PageCustomers}");
        select.Bind(1, key).Bind(4, condition.Since is { } since ? CeilingOf(since) : long.MinValue);
        if (condition.Operator != SegmentOperator.Exists)
            BindValue(select, condition.Value ?? throw new ArgumentException("The condition needs a value.", nameof(condition)));
        if (last is { } customer)
            CustomerColumns.BindId(select, 5, customer);
        else
            select.BindBlob(5, []);
        while (select.Step())
            found.Add(new CustomerId(select.Bytes(0)));
        return found;
    }

    private static string Range(SegmentOperator comparison) => comparison switch
    {
        SegmentOperator.Equal => " AND type=?2 AND value=?3",
        SegmentOperator.NotEqual => " AND type=?2 AND (value<?3 OR value>?3)",
        SegmentOperator.Greater => " AND type=?2 AND value>?3",
        SegmentOperator.GreaterOrEqual => " AND type=?2 AND value>=?3",
        SegmentOperator.Less => " AND type=?2 AND value<?3",
        SegmentOperator.LessOrEqual => " AND type=?2 AND value<=?3",
        SegmentOperator.Exists => "",
    };

    private static void BindValue(Statement select, ProfileValue value)
    {
        select.Bind(2, SegmentType.Of(value.Kind));
        switch (value.Kind)
        {
            case PropertyKind.String:
                select.BindText(3, SegmentType.Cut(Encoding.UTF8.GetBytes(value.Text!)));
                break;
            case PropertyKind.Double:
                select.Bind(3, value.Double);
                break;
            case PropertyKind.Date:
                select.Bind(3, value.Date.ToMilliseconds());
                break;
            default:
                select.Bind(3, value.Bits);
                break;
        }
    }

    /// <summary>Events have whole milliseconds: those from a time on begin at the next whole one.</summary>
    private static long CeilingOf(DateTime utc)
    {
        var milliseconds = utc.ToMilliseconds();
        return Times.FromMilliseconds(milliseconds) < utc ? milliseconds + 1 : milliseconds;
    }

    private static long? KeyNumber(Connection connection, long store, SegmentCondition condition)
    {
        var select = connection.Prepare(
                "SELECT k.key FROM event_names e JOIN key_names k ON k.event=e.event WHERE e.store=?1 AND e.event_name=?2 AND k.name=?3")
            .Bind(1, store).Bind(2, condition.EventName).Bind(3, condition.Key);
        long? key = select.Step() ? select.Int64(0) : null;
        select.Reset();
        return key;
    }
}
