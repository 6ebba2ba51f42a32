using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.MongoDb;

[TestFixture]
public sealed class MongoDependencyTests
{
    private IDependency _dependency = null!;
    private IMongoDatabase _database = null!;
    private Func<ValueTask>? _close;

    [SetUp]
    public void Open()
    {
        var services = OpenMongo.Services();
        _dependency = services.GetRequiredService<IDependency>();
        _database = services.GetRequiredService<MongoDatabase>().Database;
        _close = () => OpenMongo.DropAsync(services);
    }

    [TearDown]
    public async Task Close()
    {
        if (_close is not null)
            await _close();
    }

    [Test]
    public async Task Instances_that_prepare_at_once_make_the_indexes_of_the_contract_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _dependency.PrepareAsync(CancellationToken.None))));
        await _dependency.PrepareAsync(CancellationToken.None);

        Assert.That(await IndexesAsync(), Is.EquivalentTo(new[]
        {
            "events unique storeId_1_uniqueId_1 where uniqueId", "events storeId_1_customerId_1_occurredAt_-1", "events storeId_1_eventName_1_occurredAt_-1",
            "customers unique storeId_1_customerId_1 where customerId", "customers unique storeId_1_email_1 where email", "customers unique storeId_1_phoneNumber_1 where phoneNumber",
            "event_catalog unique storeId_1_eventName_1", "rejections storeId_1_rejectedAt_-1", "rejections rejectedAt_1 for 2592000 s", "api_keys storeId_1",
        }));
        Assert.That(await _dependency.CheckAsync(CancellationToken.None), Is.Null);
        Assert.That(_dependency.Name, Is.EqualTo("mongodb"));
    }

    [Test]
    public async Task An_index_with_other_options_is_named_with_what_to_do()
    {
        await _database.GetCollection<BsonDocument>("customers").Indexes.CreateOneAsync(
            new CreateIndexModel<BsonDocument>(new BsonDocument { { "storeId", 1 }, { "email", 1 } }));

        var thrown = await Assert.ThrowsAsync<InfrastructureException>(() => _dependency.PrepareAsync(CancellationToken.None));
        Assert.That(thrown!.Message, Does.Contain("storeId_1_email_1").And.Contain("customers").And.Contain("dropIndex"));

        await _database.GetCollection<BsonDocument>("customers").Indexes.DropOneAsync("storeId_1_email_1");
        await _dependency.PrepareAsync(CancellationToken.None);
        Assert.That(await IndexesAsync(), Has.Member("customers unique storeId_1_email_1 where email"));
    }

    private async Task<List<string>> IndexesAsync()
    {
        var indexes = new List<string>();
        foreach (var collection in await (await _database.ListCollectionNamesAsync()).ToListAsync())
        {
            foreach (var index in await (await _database.GetCollection<BsonDocument>(collection).Indexes.ListAsync()).ToListAsync())
            {
                if (index["name"] == "_id_")
                    continue;
                indexes.Add(
                    collection + (index.GetValue("unique", false).ToBoolean() ? " unique " : " ") + index["name"]
                    + (index.TryGetValue("partialFilterExpression", out var filter) ? $" where {filter.AsBsonDocument.GetElement(0).Name}" : "")
                    + (index.TryGetValue("expireAfterSeconds", out var seconds) ? $" for {seconds.ToInt64()} s" : ""));
            }
        }

        return indexes;
    }
}
