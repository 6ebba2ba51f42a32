using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Profiles in the data folder.</summary>
internal sealed class SqliteProfileStore(DataFolder folder) : IProfileStore
{
    /// <inheritdoc />
    public Task<ReadProfiles> ReadAsync(IReadOnlyCollection<CustomerKey> customers, long maxBytes, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        return stores.ReadAsync(
            connection =>
            {
                var found = new Dictionary<CustomerKey, StoredProfile>(customers.Count);
                var bytes = 0L;
                foreach (var customer in customers)
                {
                    if (bytes >= maxBytes)
                        return new ReadProfiles(found, IsWhole: false);
                    if (found.ContainsKey(customer) || Read(connection, stores.StoreNumber(connection, customer.StoreId), customer.CustomerId) is not { } stored)
                        continue;
                    found.Add(customer, stored);
                    bytes += stored.Profile.EstimatedBytes;
                }

                return new ReadProfiles(found, IsWhole: true);
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<ProfileWriteOutcome>> WriteAsync(IReadOnlyList<ProfileWrite> writes, CancellationToken cancellationToken)
    {
        var stores = folder.Stores;
        // Encoded here and not by the writer, which all lanes wait for.
        var encoded = new (byte[]? Location, byte[]? CustomFields)[writes.Count];
        for (var i = 0; i < encoded.Length; i++)
            encoded[i] = (ProfileJson.Write(writes[i].Profile.Location), ProfileJson.Write(writes[i].Profile.CustomFields));
        // An event is stored after its patch, in the same file: it cannot be on the disk without it.
        return stores.WriteSoonAsync<IReadOnlyList<ProfileWriteOutcome>>(
            connection =>
            {
                var outcomes = new ProfileWriteOutcome[writes.Count];
                for (var i = 0; i < outcomes.Length; i++)
                {
                    var store = stores.Names.Store(connection, writes[i].Customer.StoreId);
                    outcomes[i] = Write(connection, store, writes[i], encoded[i].Location, encoded[i].CustomFields);
                }

                return outcomes;
            },
            cancellationToken);
    }

    private static StoredProfile? Read(Connection connection, long store, CustomerId customer)
    {
        var select = connection.Prepare(
            """
            SELECT created_at, updated_at, first_name, last_name, location, custom_fields, revision, marks
            FROM customers WHERE store=?1 AND customer_id=?2
            """);
        CustomerColumns.BindId(select, 2, customer).Bind(1, store);
        StoredProfile? stored = null;
        if (select.Step())
        {
            var profile = new CustomerProfile
            {
                CreatedAt = Times.FromMilliseconds(select.Int64(0)),
                UpdatedAt = Times.FromMilliseconds(select.Int64(1)),
                FirstName = select.NullableText(2),
                LastName = select.NullableText(3),
            };
            ProfileJson.Read(select.Bytes(4), profile.Location);
            ProfileJson.Read(select.Bytes(5), profile.CustomFields);
            stored = new StoredProfile(profile, select.Int64(6), MarkBytes.Read(select.Bytes(7)));
        }

        select.Reset();
        return stored;
    }

    private static ProfileWriteOutcome Write(Connection connection, long store, ProfileWrite write, byte[]? location, byte[]? customFields)
    {
        var select = connection.Prepare("SELECT revision, marks FROM customers WHERE store=?1 AND customer_id=?2");
        CustomerColumns.BindId(select, 2, write.Customer.CustomerId).Bind(1, store);
        if (!select.Step())
            return ProfileWriteOutcome.NoCustomer;
        var revision = select.Int64(0);
        var marks = MarkBytes.Move(select.Bytes(1), write.Mark);
        select.Reset();
        if (revision != write.ExpectedRevision)
            return ProfileWriteOutcome.Conflict;

        var update = connection.Prepare(
            """
            UPDATE customers SET updated_at=?3, first_name=?4, last_name=?5, location=?6, custom_fields=?7, revision=revision+1, marks=?8
            WHERE store=?1 AND customer_id=?2
            """);
        CustomerColumns.BindId(update, 2, write.Customer.CustomerId)
            .Bind(1, store).Bind(3, write.Profile.UpdatedAt.ToMilliseconds()).Bind(4, write.Profile.FirstName).Bind(5, write.Profile.LastName);
        _ = location is null ? update.BindNull(6) : update.BindText(6, location);
        _ = customFields is null ? update.BindNull(7) : update.BindText(7, customFields);
        update.BindBlob(8, marks).Run();
        return ProfileWriteOutcome.Written;
    }
}
