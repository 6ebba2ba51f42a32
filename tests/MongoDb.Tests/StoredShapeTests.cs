using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support.StoreSuites;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.MongoDb;

/// <summary>The documents of contract section 11, as a reader with a driver of its own finds them; and that the largest and strangest events are stored.</summary>
[TestFixture]
public sealed class StoredShapeTests : StoreSuite
{
    private IMongoDatabase _database = null!;

    protected override async Task<StoresUnderTest> OpenAsync()
    {
        var services = OpenMongo.Services();
        _database = services.GetRequiredService<MongoDatabase>().Database;
        await services.GetRequiredService<IDependency>().PrepareAsync(CancellationToken.None);
        return new StoresUnderTest(services, () => OpenMongo.DropAsync(services));
    }

    [Test]
    public async Task An_event_has_the_fields_and_types_of_the_contract()
    {
        var stored = Event("""
            "uniqueId":"u","value":0.10,"valueCurrency":"eur","eventTimestamp":"2026-01-02T03:04:05.678Z",
            "data":{"s":"x","i":5.0,"f":0.5,"b":false,"d":"2026-04-02T12:00:00Z","o":{"n":1},"a":[1.5],"$extra":{}}
            """);
        await PersistAsync(stored);

        var document = await FindOneAsync("events", new BsonDocument("_id", new BsonBinaryData(stored.EventId, GuidRepresentation.Standard)));
        Assert.That(document, Is.EqualTo(new BsonDocument
        {
            { "_id", new BsonBinaryData(stored.EventId.ToByteArray(bigEndian: true), BsonBinarySubType.UuidStandard) },
            { "storeId", Store }, { "uniqueId", "u" }, { "eventName", "placed" }, { "customerId", ObjectId.Parse(stored.CustomerId.ToString()) },
            { "occurredAt", new BsonDateTime(new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc)) }, { "receivedAt", new BsonDateTime(T0) },
            { "value", Decimal128.Parse("0.1") }, { "valueCurrency", "EUR" },
            {
                "data", new BsonDocument
                {
                    { "s", "x" }, { "i", 5L }, { "f", 0.5 }, { "b", false }, { "d", new BsonDateTime(T0) }, { "o", new BsonDocument("n", 1L) }, { "a", new BsonArray { 1.5 } },
                }
            },
            { "extra", new BsonDocument() },
            { "source", new BsonDocument { { "producer", "http" }, { "topic", "events.raw" }, { "partition", 3 }, { "offset", 7L } } },
        }));
        Assert.That(document["data"]["i"].BsonType, Is.EqualTo(BsonType.Int64));
    }

    [Test]
    public async Task Segment_entries_are_their_id_alone()
    {
        var stored = Event(""" "data":{"k":1,"o":{}} """);
        await PersistAsync(stored);

        var entries = await FindAsync("segment_index", new BsonDocument("_id", new BsonDocument { { "$gte", Store }, { "$lt", Store + "~" } }));
        Assert.That(entries, Is.EqualTo(new[]
        {
            new BsonDocument("_id", $"{Store}\u0001placed\u0001k\u0001nbff00000000000008000\u0001{63_910_728_000_000:x13}{stored.CustomerId}{stored.EventId:N}"),
        }));
    }

    [Test]
    public async Task A_claim_is_its_key_and_its_event()
    {
        var id = Guid.NewGuid();
        await Stores.Claims.ClaimAsync([new(Store, "a:b", id)], None);
        Assert.That(
            await FindOneAsync("claims", new BsonDocument("_id", $"{Store}:a:b")), Is.EqualTo(new BsonDocument { { "_id", $"{Store}:a:b" }, { "eventId", id.ToBson() } }));
    }

    [Test]
    public async Task A_claim_of_an_event_id_is_its_id_as_text_its_event_and_what_is_the_pipelines_own()
    {
        var id = Guid.NewGuid();
        await Stores.Claims.ClaimIdsAsync([new(id, Store, At(7), 5)], None);
        var claim = await FindOneAsync("claims", new BsonDocument("_id", id.ToString()));
        Assert.That(claim["eventId"], Is.EqualTo(id.ToBson()));
        Assert.That(claim.Names, Is.EqualTo(new[] { "_id", "eventId", "_storeId", "_usedBy", "_content" }));
    }

    [Test]
    public async Task A_customers_own_fields_of_the_pipeline_begin_with_an_underscore()
    {
        var key = NewCustomer();
        await Stores.Directory.CreateAsync([Customer(key, 1, "a@b.cd")], None);
        var profile = new CustomerProfile { FirstName = "A", CreatedAt = T0, UpdatedAt = T0 };
        profile.Location["latitude"] = ProfileValue.Of(1.5);
        profile.CustomFields["a.b"] = ProfileValue.Of(1L);
        var changes = new ProfileChanges { FirstName = true };
        changes.Location.Add("latitude");
        changes.CustomFields.Add("a.b");
        await Stores.Profiles.WriteAsync([new(key, profile, changes, 0, At(5))], None);

        var document = await FindOneAsync("customers", new BsonDocument("storeId", Store));
        Assert.That(new BsonDocument(document.Where(f => f.Name[0] != '_').OrderBy(f => f.Name, StringComparer.Ordinal)), Is.EqualTo(new BsonDocument
        {
            { "createdAt", new BsonDateTime(T0) }, { "customFields", new BsonDocument("a.b", 1L) }, { "customerId", ObjectId.Parse(key.CustomerId.ToString()) },
            { "email", "a@b.cd" }, { "firstName", "A" }, { "location", new BsonDocument("latitude", 1.5) }, { "storeId", Store }, { "updatedAt", new BsonDateTime(T0) },
        }));
    }

    [Test]
    public async Task Stores_keys_rejections_and_the_catalog_have_the_fields_of_the_contract()
    {
        await Stores.Tenants.CreateStoreAsync(new(Store, T0), None);
        await Stores.Tenants.CreateKeyAsync(new(Store + "hash", "id", Store, null, ["x"], T0), None);
        await Stores.Catalog.AddAsync([new(Store, "placed", "k", "number", T0)], None);
        var eventId = Guid.NewGuid();
        await Stores.Rejections.AddAsync([new(Store, Store, "ingest-api", ErrorCode.Required, "d", "/p", T0, eventId, "events.raw", null, null, [new("h", [1])], new byte[] { 2 })], None);

        Assert.That(await FindOneAsync("stores", new("_id", Store)), Is.EqualTo(new BsonDocument { { "_id", Store }, { "createdAt", new BsonDateTime(T0) } }));
        Assert.That(await FindOneAsync("api_keys", new("storeId", Store)), Is.EqualTo(new BsonDocument
        {
            { "_id", Store + "hash" }, { "keyId", "id" }, { "storeId", Store }, { "scopes", new BsonArray { "x" } }, { "createdAt", new BsonDateTime(T0) },
        }));
        var catalog = await FindOneAsync("event_catalog", new("storeId", Store));
        Assert.That(new BsonDocument(catalog.Where(f => f.Name[0] != '_')), Is.EqualTo(new BsonDocument
        {
            { "storeId", Store }, { "eventName", "placed" }, { "properties", new BsonArray { new BsonDocument { { "key", "k" }, { "types", new BsonArray { "number" } } } } },
            { "firstSeenAt", new BsonDateTime(T0) },
        }));
        Assert.That(await FindOneAsync("rejections", new("_id", Store)), Is.EqualTo(new BsonDocument
        {
            { "_id", Store }, { "storeId", Store }, { "stage", "ingest-api" }, { "code", "required" }, { "detail", "d" }, { "pointer", "/p" }, { "rejectedAt", new BsonDateTime(T0) },
            { "eventId", eventId.ToBson() }, { "source", new BsonDocument("topic", "events.raw") },
            { "headers", new BsonArray { new BsonDocument { { "key", "h" }, { "value", new BsonBinaryData([1]) } } } }, { "payload", new BsonBinaryData([2]) },
        }));
    }

    private static IEnumerable<TestCaseData> LargestEvents()
    {
        var text = new string('x', Limits.MaxStringBytes - 100);
        yield return new TestCaseData($$$"""{"$extra":{"t":[{{{string.Join(',', Enumerable.Repeat($"\"{text}\"", 50))}}}]}}""").SetName("5 MB of text");
        yield return new TestCaseData($$$"""{"$extra":{"t":[{{{string.Join(',', Enumerable.Repeat("0.1234567890123456789", 199_900))}}}]}}""").SetName("200,000 decimals of 19 digits");
        yield return new TestCaseData($$$"""{"$extra":{"o":{ {{{string.Join(',', Enumerable.Range(0, 199_900).Select(i => $"\"k{i}\":0"))}}} } } }""").SetName("200,000 members");
        yield return new TestCaseData($$$"""{"o":{{{string.Concat(Enumerable.Repeat("{\"\":", 61))}}}[]{{{new string('}', 61)}}}}""").SetName("depth 64");
        yield return new TestCaseData($$$"""{ {{{string.Join(',', Enumerable.Range(0, 400).Select(i => $"\"{new string('é', 250)}{i}\":\"{new string('\u0002', 1)}{new string('y', 2000)}\""))}}} }""".Replace("\u0002", "\\u0001", StringComparison.Ordinal))
            .SetName("400 keys of 255 characters with long values");
    }

    [TestCaseSource(nameof(LargestEvents))]
    public async Task The_largest_accepted_events_are_stored(string data)
    {
        var stored = Event($"\"data\":{data}");
        Assert.That(await PersistAsync(stored), Is.EqualTo(new[] { InsertOutcome.Stored }));
        Assert.That(await Stores.EventReader.FindByEventIdAsync(Store, stored.EventId, None), Is.Not.Null);
    }

    [Test]
    public void An_event_that_16_MiB_do_not_hold_is_at_fault_and_not_the_database()
    {
        // No valid event is that large: the limits of the contract are tighter. The store still says so by itself.
        var one = string.Join(',', Enumerable.Repeat("0", 1_400_000));
        var json = System.Text.Encoding.UTF8.GetBytes($$"""{"a":[{{one}}]}""");
        var large = new NormalizedEvent
        {
            EventId = Guid.NewGuid(),
            StoreId = Store,
            CustomerId = NewCustomerId(),
            ReceivedAt = T0,
            Producer = "http",
            Topic = "t",
            Position = At(1),
            Event = new CustomEvent { Source = json, EventName = "e", Extra = new JsonSlice(0, json.Length, false) },
        };

        using var encoder = Stores.Events.NewEncoder();
        var thrown = Assert.Throws<RecordFaultException>(() => encoder.Encode(large));
        Assert.That(thrown!.Code, Is.EqualTo(ErrorCode.TooLarge));
    }

    private Task<List<BsonDocument>> FindAsync(string collection, BsonDocument filter) =>
        _database.GetCollection<BsonDocument>(collection).Find(filter).ToListAsync();

    private async Task<BsonDocument> FindOneAsync(string collection, BsonDocument filter) => (await FindAsync(collection, filter)).Single();
}
