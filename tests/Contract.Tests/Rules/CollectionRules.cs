using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>What readers of the collections find beside events and customers: contract section 11.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.WithServers))]
public sealed class CollectionRules(DeploymentSource source) : RuleFixture(source)
{
    [Test]
    public async Task The_catalog_knows_an_event_s_segmentable_keys_and_their_types()
    {
        var first = await Store.StoreAsync(Event("\"Text\":\"x\",\"Number\":1,\"Flag\":false,\"At\":\"2026-04-02T12:00:00Z\",\"Object\":{},\"$extra\":{\"x\":1},\"Zero\":0"));
        await Store.StoreAsync(Event("\"Text\":1,\"Number\":2.5,\"New\":\"2026-04-02\",\"a.b\":true,\"$set\":1"));
        var entry = await Eventually.FindAsync(
            async () => await Find("event_catalog", "eventName", "Catalogued") is { } found && found["properties"].AsBsonArray.Count >= 7 ? found : null,
            () => "The catalog has not all keys.");
        var properties = entry["properties"].AsBsonArray.OrderBy(static one => one["key"].AsString, StringComparer.Ordinal)
            .Select(static one => $"{one["key"].AsString}: {string.Join(' ', one["types"].AsBsonArray.Select(static type => type.AsString).Order())}");
        Assert.Multiple(() =>
        {
            Assert.That(properties, Is.EqualTo(new[]
            {
                "$set: number", "At: date", "Flag: boolean", "New: string", "Number: number", "Text: number string", "a.b: boolean",
            }));
            Assert.That(entry.Member("firstSeenAt"), Is.EqualTo(first.Member("receivedAt")));
        });
    }

    [Test]
    public async Task A_claim_says_which_event_has_a_uniqueId()
    {
        var unique = TestStore.Unique("claimed");
        var stored = await Store.StoreAsync($"{{\"eventName\":\"Claimed\",\"customer\":{{\"email\":\"{TestStore.NewEmail()}\"}},\"uniqueId\":\"{unique}\"}}");
        var claim = await Pipeline.Database!.GetCollection<BsonDocument>("claims").Find(Builders<BsonDocument>.Filter.Eq("_id", $"{Store.Id}:{unique}")).SingleAsync();
        Assert.That(claim.Member("eventId"), Is.EqualTo(stored.Member("_id")));
    }

    [Test]
    public async Task Stores_and_keys_are_there_and_no_key_is()
    {
        var store = await Pipeline.Database!.GetCollection<BsonDocument>("stores").Find(Builders<BsonDocument>.Filter.Eq("_id", Store.Id)).SingleAsync();
        var key = await Find("api_keys", "storeId", Store.Id);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Store.Key)));
        Assert.Multiple(() =>
        {
            Assert.That(store.Member("createdAt"), Does.StartWith("Date("));
            Assert.That(key!.Member("_id"), Is.EqualTo($"\"{hash}\""));
            Assert.That(key!.Member("scopes"), Is.EqualTo("[\"customer_events_write\"]"));
            Assert.That(key!.Names, Is.SubsetOf(new[] { "_id", "keyId", "storeId", "name", "scopes", "createdAt", "expiresAt", "revokedAt" }));
        });
    }

    [TestCase("events", "storeId:1 uniqueId:1 unique")]
    [TestCase("events", "storeId:1 customerId:1 occurredAt:-1")]
    [TestCase("events", "storeId:1 eventName:1 occurredAt:-1")]
    [TestCase("customers", "storeId:1 customerId:1 unique")]
    [TestCase("customers", "storeId:1 email:1 unique")]
    [TestCase("customers", "storeId:1 phoneNumber:1 unique")]
    [TestCase("event_catalog", "storeId:1 eventName:1 unique")]
    [TestCase("rejections", "storeId:1 rejectedAt:-1")]
    [TestCase("api_keys", "storeId:1")]
    public async Task Index_is_there(string collection, string index)
    {
        var indexes = await (await Pipeline.Database!.GetCollection<BsonDocument>(collection).Indexes.ListAsync()).ToListAsync();
        var texts = indexes.Select(static one =>
            string.Join(' ', one["key"].AsBsonDocument.Select(static field => $"{field.Name}:{field.Value.ToInt32()}")) + (one.GetValue("unique", false).ToBoolean() ? " unique" : ""));
        Assert.That(texts, Does.Contain(index));
    }

    [Test]
    public async Task Rejections_are_kept_for_30_days()
    {
        var indexes = await (await Pipeline.Database!.GetCollection<BsonDocument>("rejections").Indexes.ListAsync()).ToListAsync();
        Assert.That(
            indexes.Where(static one => one.Contains("expireAfterSeconds")).Select(static one => one["expireAfterSeconds"].ToInt64()), Is.EqualTo(new[] { 30L * 24 * 3600 }));
    }

    [Test]
    public async Task An_event_has_the_contract_s_fields_and_no_others()
    {
        var stored = await Store.StoreAsync(Event("\"Text\":\"x\"", "Plain"));
        Assert.That(
            stored.Names.Where(static name => name == "_id" || !name.StartsWith('_')),
            Is.EquivalentTo(new[] { "_id", "storeId", "eventName", "customerId", "occurredAt", "receivedAt", "data", "source" }));
    }

    private async Task<BsonDocument?> Find(string collection, string field, string value) => await Pipeline.Database!.GetCollection<BsonDocument>(collection)
        .Find(Builders<BsonDocument>.Filter.Eq("storeId", Store.Id) & Builders<BsonDocument>.Filter.Eq(field, value)).FirstOrDefaultAsync();

    private static string Event(string data, string name = "Catalogued") => $"{{\"eventName\":\"{name}\",\"customer\":{{\"email\":\"{TestStore.NewEmail()}\"}},\"data\":{{{data}}}}}";
}
