using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Segments;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary>Reads and erases customers.</summary>
internal sealed class MongoCustomerReader(MongoDatabase database) : ICustomerReader
{
    private const int EventsAtATime = 200;

    /// <inheritdoc />
    public async Task<CustomerDocument?> FindAsync(Identifier identifier, CancellationToken cancellationToken)
    {
        var filter = identifier.Kind == IdentifierKind.Id
            ? new BsonDocument("_id", $"{identifier.StoreId}:{identifier.Value}")
            : new BsonDocument { { "storeId", identifier.StoreId }, { CustomerFields.Name(identifier.Kind), identifier.Value } };
        var found = await database.CallAsync(
            "reading a customer", token => database.Documents(Collections.Customers).Find(filter).FirstOrDefaultAsync(token), cancellationToken);
        if (found is null)
            return null;
        var key = new CustomerKey(found["storeId"].AsString, found["customerId"].ToCustomerId());
        var events = await database.CallAsync(
            "counting events", token => database.Documents(Collections.Events).CountDocumentsAsync(EventsOf(key), cancellationToken: token), cancellationToken);
        var shown = new BsonDocument(found.Where(field => field.Name[0] != '_'));
        return new CustomerDocument(key, shown.ToJson(MongoEventReader.Relaxed), events);
    }

    /// <inheritdoc />
    public async Task<long> EraseAsync(CustomerKey customer, CancellationToken cancellationToken)
    {
        // Entries before their events, and the customer last: what a failure leaves behind is found by trying again.
        long erased = 0;
        while (true)
        {
            var events = await database.ListAsync(
                "reading a customer's events",
                database.Documents(Collections.Events).Find(EventsOf(customer)).Limit(EventsAtATime)
                    .Project<BsonDocument>(new BsonDocument { { "storeId", 1 }, { "eventName", 1 }, { "customerId", 1 }, { "occurredAt", 1 }, { "data", 1 } }),
                cancellationToken);
            if (events.Count == 0)
                break;
            await MongoEventStore.RemoveEntriesAsync(database, events.SelectMany(SegmentEntries.Ids), cancellationToken);
            var removed = await database.CallAsync(
                "erasing events",
                token => database.Documents(Collections.Events).DeleteManyAsync(MongoEventStore.In("_id", events.Select(e => e["_id"])), token),
                cancellationToken);
            erased += removed.DeletedCount;
        }

        await database.CallAsync(
            "erasing a customer",
            token => database.Documents(Collections.Customers).DeleteOneAsync(new BsonDocument("_id", CustomerFields.Id(customer)), token),
            cancellationToken);
        return erased;
    }

    private static BsonDocument EventsOf(CustomerKey customer) =>
        new() { { "storeId", customer.StoreId }, { "customerId", customer.CustomerId.ToBson() } };
}
