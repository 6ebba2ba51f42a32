using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Who is who, in the data folder. A conflict is found by the unique indexes, and writes nothing.</summary>
internal sealed class SqliteCustomerDirectory(DataFolder folder) : ICustomerDirectory
{
    private const string Columns =
        "SELECT customer_id, created_by, created_at, email, email_by, phone_number, phone_number_by FROM customers WHERE store=?1 AND ";

    /// <inheritdoc />
    public Task<IReadOnlyList<IdentifiedCustomer>> FindAsync(IReadOnlyCollection<Identifier> identifiers, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync<IReadOnlyList<IdentifiedCustomer>>(
            connection =>
            {
                var found = new Dictionary<CustomerKey, IdentifiedCustomer>();
                foreach (var identifier in identifiers)
                {
                    if (Find(connection, stores.StoreNumber(connection, identifier.StoreId), identifier) is { } customer)
                        found.TryAdd(customer.Key, customer);
                }

                return [.. found.Values];
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<bool>> CreateAsync(IReadOnlyList<IdentifiedCustomer> customers, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.WriteAsync<IReadOnlyList<bool>>(
            connection =>
            {
                var made = new bool[customers.Count];
                for (var i = 0; i < made.Length; i++)
                    made[i] = Insert(connection, stores.Names.Store(connection, customers[i].Key.StoreId), customers[i]);
                return made;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<bool>> LinkAsync(IReadOnlyList<IdentifierLink> links, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.WriteAsync<IReadOnlyList<bool>>(
            connection =>
            {
                var put = new bool[links.Count];
                for (var i = 0; i < put.Length; i++)
                    put[i] = Put(connection, stores.Names.Store(connection, links[i].Customer.StoreId), links[i]);
                return put;
            },
            cancellationToken);
    }

    private static IdentifiedCustomer? Find(Connection connection, long store, Identifier identifier)
    {
        Statement select;
        switch (identifier.Kind)
        {
            case IdentifierKind.Id:
                if (!CustomerId.TryParse(identifier.Value, out var id))
                    return null;
                select = CustomerColumns.BindId(connection.Prepare(Columns + "customer_id=?2"), 2, id);
                break;
            case IdentifierKind.Email:
                select = connection.Prepare(Columns + "email=?2").Bind(2, identifier.Value);
                break;
            default:
                select = connection.Prepare(Columns + "phone_number=?2").Bind(2, identifier.Value);
                break;
        }

        select.Bind(1, store);
        var customer = select.Step()
            ? new IdentifiedCustomer(
                new CustomerKey(identifier.StoreId, new CustomerId(select.Bytes(0))),
                PositionBytes.Read(select.Bytes(1)), Times.FromMilliseconds(select.Int64(2)), Placed(select, 3), Placed(select, 5))
            : null;
        select.Reset();
        return customer;
    }

    private static bool Insert(Connection connection, long store, IdentifiedCustomer customer)
    {
        var insert = connection.Prepare(
            """
            INSERT INTO customers(store, customer_id, created_by, created_at, updated_at, email, email_by, phone_number, phone_number_by)
            VALUES(?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING
            """);
        insert.Bind(1, store).Bind(4, customer.CreatedAt.ToMilliseconds());
        CustomerColumns.BindId(insert, 2, customer.Key.CustomerId);
        BindPosition(insert, 3, customer.CreatedBy);
        BindPlaced(insert, 5, customer.Email);
        BindPlaced(insert, 7, customer.PhoneNumber);
        return insert.Run() == 1;
    }

    private static bool Put(Connection connection, long store, IdentifierLink link)
    {
        var update = connection.Prepare(link.Kind switch
        {
            IdentifierKind.Email => "UPDATE OR IGNORE customers SET email=?3, email_by=?4 WHERE store=?1 AND customer_id=?2 AND email IS NULL",
            IdentifierKind.PhoneNumber =>
                "UPDATE OR IGNORE customers SET phone_number=?3, phone_number_by=?4 WHERE store=?1 AND customer_id=?2 AND phone_number IS NULL",
            IdentifierKind.Id => throw new ArgumentException("A customer keeps the id it was made with.", nameof(link)),
        });
        update.Bind(1, store);
        CustomerColumns.BindId(update, 2, link.Customer.CustomerId);
        BindPlaced(update, 3, link.Identifier);
        return update.Run() == 1;
    }

    private static void BindPlaced(Statement statement, int parameter, PlacedIdentifier? identifier)
    {
        if (identifier is { } placed)
            BindPosition(statement.Bind(parameter, placed.Value), parameter + 1, placed.PutBy);
        else
            statement.BindNull(parameter).BindNull(parameter + 1);
    }

    private static void BindPosition(Statement statement, int parameter, Position position)
    {
        Span<byte> bytes = stackalloc byte[PositionBytes.Length];
        PositionBytes.Write(position, bytes);
        statement.BindBlob(parameter, bytes);
    }

    private static PlacedIdentifier? Placed(Statement row, int column) =>
        row.IsNull(column) ? null : new PlacedIdentifier(row.Text(column), PositionBytes.Read(row.Bytes(column + 1)));
}
