using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary>The identifiers of <c>customers</c>; its unique indexes decide who has one.</summary>
internal sealed class MongoCustomerDirectory : ICustomerDirectory
{
    private const int IdentifiersAtATime = 5_000;
    private const int CustomersAtATime = 1_000;
    private const int LinksSideBySide = 16;

    // A batch may have events of hundreds of stores: a query for each would cost more than all else, and one for all takes the server long to plan.
    private const int GroupsAtATime = 32;

    private static readonly BsonDocument Identity = new()
    {
        { "storeId", 1 }, { "customerId", 1 }, { "email", 1 }, { "phoneNumber", 1 }, { "createdAt", 1 }, { CustomerFields.CreatedBy, 1 },
        { CustomerFields.PutBy(IdentifierKind.Email), 1 }, { CustomerFields.PutBy(IdentifierKind.PhoneNumber), 1 },
    };

    private readonly MongoDatabase _database;
    private readonly CallGroup<Identifier, IReadOnlyCollection<IdentifiedCustomer>> _finding;
    private readonly CallGroup<IdentifiedCustomer, bool[]> _creating;

    public MongoCustomerDirectory(MongoDatabase database)
    {
        _database = database;
        _finding = new(FindTogetherAsync, IdentifiersAtATime);
        _creating = new(CreateTogetherAsync, CustomersAtATime);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<IdentifiedCustomer>> FindAsync(IReadOnlyCollection<Identifier> identifiers, CancellationToken cancellationToken)
    {
        if (identifiers.Count == 0)
            return [];
        var (found, _) = await _finding.RunAsync([.. identifiers], cancellationToken);
        var own = identifiers as IReadOnlySet<Identifier> ?? identifiers.ToHashSet();
        return [.. found.Where(customer => customer.Identifiers().Any(own.Contains))];
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<bool>> CreateAsync(IReadOnlyList<IdentifiedCustomer> customers, CancellationToken cancellationToken) =>
        customers.Count == 0 ? Task.FromResult<IReadOnlyList<bool>>([]) : _creating.RunForOwnAsync(customers, cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<bool>> LinkAsync(IReadOnlyList<IdentifierLink> links, CancellationToken cancellationToken)
    {
        // Side by side and not one bulk write: its answer does not say which of the updates found nothing to do.
        var put = new bool[links.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, links.Count),
            new ParallelOptions { MaxDegreeOfParallelism = LinksSideBySide, CancellationToken = cancellationToken },
            async (i, token) => put[i] = await LinkAsync(links[i], token));
        return put;
    }

    private async Task<IReadOnlyCollection<IdentifiedCustomer>> FindTogetherAsync(IReadOnlyList<Identifier> identifiers, CancellationToken cancellationToken)
    {
        var filters = new List<BsonDocument>();
        foreach (var ids in identifiers.Where(i => i.Kind == IdentifierKind.Id).Select(i => (BsonValue)$"{i.StoreId}:{i.Value}").Distinct().Chunk(IdentifiersAtATime))
            filters.Add(MongoEventStore.In("_id", ids));
        foreach (var groups in identifiers.Where(i => i.Kind != IdentifierKind.Id).GroupBy(i => (i.StoreId, i.Kind)).Chunk(GroupsAtATime))
            filters.AddRange(Filters(groups));

        var found = await Task.WhenAll(filters.Select(filter => _database.ListAsync(
            "looking customers up", _database.Documents(Collections.Customers).Find(filter).Project<BsonDocument>(Identity), cancellationToken)));
        var customers = new Dictionary<CustomerKey, IdentifiedCustomer>();
        foreach (var document in found.SelectMany(list => list))
        {
            var customer = Read(document);
            customers.TryAdd(customer.Key, customer);
        }

        return customers.Values;
    }

    private async Task<bool[]> CreateTogetherAsync(IReadOnlyList<IdentifiedCustomer> customers, CancellationToken cancellationToken)
    {
        var made = new bool[customers.Count];
        var taken = await _database.InsertAsync("making customers", Collections.Customers, customers, Write, cancellationToken);
        Array.Fill(made, true);
        foreach (var index in taken)
            made[index] = false;
        return made;
    }

    /// <summary>Queries for the identifiers of some stores and kinds, each kind of a store a clause that an index answers.</summary>
    private static IEnumerable<BsonDocument> Filters(IEnumerable<IGrouping<(string StoreId, IdentifierKind Kind), Identifier>> groups)
    {
        var clauses = new BsonArray();
        var count = 0;
        foreach (var group in groups)
        {
            foreach (var values in group.Select(i => (BsonValue)i.Value).Distinct().Chunk(IdentifiersAtATime))
            {
                if (count > 0 && count + values.Length > IdentifiersAtATime)
                {
                    yield return Any(clauses);
                    (clauses, count) = ([], 0);
                }

                var clause = MongoEventStore.In(CustomerFields.Name(group.Key.Kind), values);
                clause.InsertAt(0, new BsonElement("storeId", group.Key.StoreId));
                clauses.Add(clause);
                count += values.Length;
            }
        }

        yield return Any(clauses);

        static BsonDocument Any(BsonArray clauses) => clauses.Count == 1 ? clauses[0].AsBsonDocument : new BsonDocument("$or", clauses);
    }

    private static void Write(BsonBuffer buffer, IdentifiedCustomer customer)
    {
        var document = buffer.Begin();
        buffer.Write("_id"u8, CustomerFields.Id(customer.Key));
        buffer.Write("storeId"u8, customer.Key.StoreId);
        buffer.Write("customerId"u8, customer.Key.CustomerId);
        if (customer.Email is { } email)
            buffer.Write("email"u8, email.Value);
        if (customer.PhoneNumber is { } phoneNumber)
            buffer.Write("phoneNumber"u8, phoneNumber.Value);
        buffer.Write("createdAt"u8, customer.CreatedAt);
        buffer.Write("updatedAt"u8, customer.CreatedAt);
        buffer.Write("_createdBy"u8, customer.CreatedBy);
        if (customer.Email is { } placedEmail)
            buffer.Write("_emailBy"u8, placedEmail.PutBy);
        if (customer.PhoneNumber is { } placedPhoneNumber)
            buffer.Write("_phoneNumberBy"u8, placedPhoneNumber.PutBy);
        buffer.End(document);
    }

    private static IdentifiedCustomer Read(BsonDocument document) => new(
        new CustomerKey(document["storeId"].AsString, document["customerId"].ToCustomerId()),
        document[CustomerFields.CreatedBy].ToPosition(),
        document["createdAt"].ToUniversalTime(),
        CustomerFields.Placed(document, IdentifierKind.Email),
        CustomerFields.Placed(document, IdentifierKind.PhoneNumber));

    private Task<bool> LinkAsync(IdentifierLink link, CancellationToken cancellationToken)
    {
        if (link.Kind == IdentifierKind.Id)
            throw new ArgumentException("An id is a customer's own and is never put on it.", nameof(link));
        var field = CustomerFields.Name(link.Kind);
        var filter = new BsonDocument { { "_id", CustomerFields.Id(link.Customer) }, { field, new BsonDocument("$exists", false) } };
        var update = new BsonDocument(
            "$set", new BsonDocument { { field, link.Identifier.Value }, { CustomerFields.PutBy(link.Kind), link.Identifier.PutBy.ToBson() } });
        return _database.CallAsync(
            "putting an identifier on a customer",
            async token =>
            {
                try
                {
                    return (await _database.Documents(Collections.Customers).UpdateOneAsync(filter, update, cancellationToken: token)).MatchedCount == 1;
                }
                catch (MongoWriteException taken) when (taken.WriteError?.Category == ServerErrorCategory.DuplicateKey && taken.WriteConcernError is null)
                {
                    return false;
                }
            },
            cancellationToken);
    }
}
