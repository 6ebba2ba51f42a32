using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Reads and erases customers of the data folder.</summary>
internal sealed class SqliteCustomerReader(DataFolder folder) : ICustomerReader
{
    private const int EventsAtATime = 200;

    private const string Columns =
        """
        SELECT customer_id, email, phone_number, first_name, last_name, location, custom_fields, created_at, updated_at
        FROM customers WHERE store=?1 AND 
        """;

    /// <inheritdoc />
    public Task<CustomerDocument?> FindAsync(Identifier identifier, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync(
            connection => Find(connection, stores.StoreNumber(connection, identifier.StoreId), identifier), cancellationToken);
    }

    /// <inheritdoc />
    public async Task<long> EraseAsync(CustomerKey customer, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        long erased = 0;
        while (true)
        {
            // In small steps, so that the pipeline writes in between. The customer goes with the last.
            var count = await stores.WriteAsync(connection => EraseSome(connection, stores.Names, customer), cancellationToken);
            erased += count;
            if (count < EventsAtATime)
                return erased;
        }
    }

    private static int EraseSome(Connection connection, NameNumbers names, CustomerKey customer)
    {
        var store = names.Store(connection, customer.StoreId);
        var events = new List<(long Number, Guid Id, long Event, long OccurredAt, byte[] Document)>();
        var select = connection.Prepare(
            $"SELECT number, event_id, event, occurred_at, document FROM events WHERE store=?1 AND customer_id=?2 LIMIT {EventsAtATime}");
        CustomerColumns.BindId(select, 2, customer.CustomerId).Bind(1, store);
        while (select.Step())
            events.Add((select.Int64(0), select.Guid(1), select.Int64(2), select.Int64(3), select.Bytes(4).ToArray()));
        foreach (var (number, id, eventNumber, occurredAt, document) in events)
        {
            SegmentRows.Delete(connection, eventNumber, document, id, customer.CustomerId, occurredAt, names);
            connection.Prepare("DELETE FROM events WHERE number=?1").Bind(1, number).Run();
        }

        if (events.Count < EventsAtATime)
        {
            var delete = connection.Prepare("DELETE FROM customers WHERE store=?1 AND customer_id=?2");
            CustomerColumns.BindId(delete, 2, customer.CustomerId).Bind(1, store).Run();
        }

        return events.Count;
    }

    private static CustomerDocument? Find(Connection connection, long store, Identifier identifier)
    {
        var select = connection.Prepare(Columns + identifier.Kind switch
        {
            IdentifierKind.Id => "customer_id=?2",
            IdentifierKind.Email => "email=?2",
            IdentifierKind.PhoneNumber => "phone_number=?2",
        });
        if (identifier.Kind != IdentifierKind.Id)
            select.Bind(2, identifier.Value);
        else if (CustomerId.TryParse(identifier.Value, out var id))
            CustomerColumns.BindId(select, 2, id);
        else
            return null;
        select.Bind(1, store);
        if (!select.Step())
            return null;
        var key = new CustomerKey(identifier.StoreId, new CustomerId(select.Bytes(0)));
        var json = Document(select, key);
        select.Reset();

        var count = connection.Prepare("SELECT count(*) FROM events WHERE store=?1 AND customer_id=?2");
        CustomerColumns.BindId(count, 2, key.CustomerId).Bind(1, store);
        count.Step();
        var events = count.Int64(0);
        count.Reset();
        return new CustomerDocument(key, json, events);
    }

    private static string Document(Statement row, CustomerKey key)
    {
        using var output = new ByteBuffer(1024);
        output.Write("{\"storeId\":"u8);
        ExtendedJson.Write(output, key.StoreId);
        output.Write(",\"customerId\":"u8);
        ExtendedJson.Write(output, key.CustomerId);
        WriteText(output, ",\"email\":"u8, row, 1);
        WriteText(output, ",\"phoneNumber\":"u8, row, 2);
        WriteText(output, ",\"firstName\":"u8, row, 3);
        WriteText(output, ",\"lastName\":"u8, row, 4);
        WriteJson(output, ",\"location\":"u8, row, 5);
        WriteJson(output, ",\"customFields\":"u8, row, 6);
        output.Write(",\"createdAt\":"u8);
        ExtendedJson.Write(output, Times.FromMilliseconds(row.Int64(7)));
        output.Write(",\"updatedAt\":"u8);
        ExtendedJson.Write(output, Times.FromMilliseconds(row.Int64(8)));
        output.Write("}"u8);
        return Encoding.UTF8.GetString(output.Slice(0, output.Length));
    }

    private static void WriteText(ByteBuffer output, ReadOnlySpan<byte> member, Statement row, int column)
    {
        if (row.IsNull(column))
            return;
        output.Write(member);
        ExtendedJson.Write(output, row.Text(column));
    }

    private static void WriteJson(ByteBuffer output, ReadOnlySpan<byte> member, Statement row, int column)
    {
        if (row.IsNull(column))
            return;
        output.Write(member);
        output.Write(row.Bytes(column));
    }
}
