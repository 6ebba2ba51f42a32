using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;
using CustomEvents.Tests.Support;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.MongoDb;

/// <summary>Inserts and updates by commands of our own.</summary>
[TestFixture]
public sealed class WriteCommandTests
{
    private const int MiB = 1024 * 1024;

    private MongoDatabase _database = null!;

    [SetUp]
    public void Open() => _database = Open(TestServers.Mongo);

    [TearDown]
    public async Task Close()
    {
        // Where there is no server the test was skipped before it opened any.
        if (_database is null)
            return;
        await _database.Database.Client.DropDatabaseAsync(_database.Database.DatabaseNamespace.DatabaseName);
        _database.Dispose();
    }

    [Test]
    public async Task Documents_that_one_command_does_not_hold_are_inserted_by_several()
    {
        // The third does not fit behind the first two; the fourth is the largest that MongoDB stores.
        int[] sizes = [7 * MiB, 100, 7 * MiB, 16 * MiB, 100, 7 * MiB, 7 * MiB];
        var documents = sizes.Select((size, i) => (i, size)).ToList();
        Assert.That(await InsertAsync(documents), Is.Empty);
        Assert.That(await StoredAsync(), Is.EqualTo(Enumerable.Range(0, sizes.Length)));
        Assert.That(await InsertAsync([documents[3], (7, 7 * MiB), documents[0], documents[1], (8, 7 * MiB), documents[6]]), Is.EqualTo(new[] { 0, 2, 3, 5 }));
        Assert.That(await StoredAsync(), Is.EqualTo(Enumerable.Range(0, 9)));
    }

    [Test]
    public async Task Duplicates_are_told_by_their_place_among_all()
    {
        int[] there = [0, 1, 9_999, 10_000, 10_001, 19_999, 20_000, 20_001];
        await InsertAsync(there.Select(i => (i, 30)));
        Assert.That(await InsertAsync(Enumerable.Range(0, 20_002).Select(i => (i, 30))), Is.EqualTo(there));
        Assert.That(await StoredAsync(), Has.Count.EqualTo(20_002));
    }

    [Test]
    public async Task Nothing_is_inserted_without_documents()
    {
        Assert.That(await InsertAsync([]), Is.Empty);
        Assert.That(await (await _database.Database.ListCollectionNamesAsync()).ToListAsync(), Is.Empty);
    }

    [Test]
    public async Task What_fails_on_anything_but_a_duplicate_is_thrown_and_the_others_are_inserted()
    {
        await _database.Database.CreateCollectionAsync("c", new CreateCollectionOptions<BsonDocument> { Validator = new BsonDocument("_id", new BsonDocument("$lt", 10)) });
        await InsertAsync([(1, 30)]);

        var thrown = await Assert.ThrowsAsync<WriteErrorsException>(() => InsertAsync([(1, 30), (10, 30), (2, 30)]));
        Assert.That(thrown!.Codes, Is.EqualTo(new[] { 11000, 121 }));
        Assert.That(thrown.Message, Does.Contain("validation"));
        Assert.That(await StoredAsync(), Is.EqualTo(new[] { 1, 2 }));
    }

    [TestCase(10107, typeof(InfrastructureException))]
    [TestCase(91, typeof(InfrastructureException))]
    [TestCase(10334, typeof(RecordFaultException))]
    [TestCase(2, null)]
    public void Errors_of_documents_are_told_by_their_codes_without_the_values_that_they_quote(int code, Type? translated)
    {
        var thrown = Assert.Throws<WriteErrorsException>(() => MongoFaults.Duplicates(Answer(Error(0, 11000, "E11000 dup key: { email: \"ann@b.c\" }"), Error(1, code, "other ann@b.c"))));
        var port = MongoFaults.Translate(thrown!, "MongoDB at h:1, making customers", limitReached: false);
        Assert.That(port?.GetType(), Is.EqualTo(translated));
        Assert.That(port?.Message ?? "", Does.Not.Contain("ann@b.c"));
    }

    [Test]
    public void Every_code_of_a_duplicate_key_is_one() => Assert.That(
        MongoFaults.Duplicates(Answer(Error(1, 11000, "x"), Error(4, 11001, "x"), Error(5, 12582, "x"))), Is.EqualTo(new[] { 1, 4, 5 }));

    [Test]
    public async Task A_command_asks_for_the_majority_and_its_journals()
    {
        using var server = new AnsweringServer(new BsonDocument { { "n", 2 }, { "ok", 1 } });
        using var database = Open(server.Uri);
        await InsertAsync([(1, 30), (2, 30)], database);

        var command = server.Writes.Single();
        Assert.That(command["insert"], Is.EqualTo(new BsonString("c")));
        Assert.That(command["ordered"], Is.EqualTo(BsonBoolean.False));
        Assert.That(command["writeConcern"], Is.EqualTo(new BsonDocument { { "w", "majority" }, { "j", true } }));
        Assert.That(command["documents"].AsBsonArray.Select(document => document["_id"].AsInt32), Is.EqualTo(new[] { 1, 2 }));
    }

    [TestCase(64, 11000, typeof(InfrastructureException))]
    [TestCase(2, 11000, typeof(InfrastructureException))]
    [TestCase(64, 10334, typeof(RecordFaultException))]
    public async Task What_the_majority_does_not_have_is_thrown(int code, int documentCode, Type translated)
    {
        var answer = Answer(Error(0, documentCode, "x")).Add("writeConcernError", new BsonDocument { { "code", code }, { "errmsg", "not by the majority" } });
        using var server = new AnsweringServer(answer);
        using var database = Open(server.Uri);

        Assert.That(async () => await InsertAsync([(1, 30)], database), Throws.TypeOf(translated));
        Assert.That(server.Writes, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_command_that_fails_is_thrown_as_any_other()
    {
        using var server = new AnsweringServer(new BsonDocument { { "ok", 0 }, { "code", 10107 }, { "errmsg", "not primary" } });
        using var database = Open(server.Uri);
        Assert.That(async () => await InsertAsync([(1, 30)], database), Throws.TypeOf<InfrastructureException>());
    }

    [Test]
    public async Task Updates_that_one_command_does_not_hold_are_made_by_several_and_those_that_found_something_are_counted()
    {
        await InsertAsync([(0, 30), (2, 30)]);
        Assert.That(await UpdateAsync(Enumerable.Range(0, 4).Select(i => (i, 7 * MiB))), Is.EqualTo(2));
        Assert.That(await StoredAsync(), Is.EqualTo(new[] { 0, 2 }));
        var sizes = await _database.Documents("c").Find(new BsonDocument()).ToListAsync();
        Assert.That(sizes.ConvertAll(document => document["t"].AsString.Length), Is.EqualTo(new[] { 7 * MiB, 7 * MiB }));
    }

    [Test]
    public async Task An_update_that_fails_is_thrown_and_the_others_are_made()
    {
        await _database.Database.CreateCollectionAsync("c", new CreateCollectionOptions<BsonDocument> { Validator = new BsonDocument("t", new BsonDocument("$type", "string")) });
        await InsertAsync([(1, 30), (2, 30)]);
        var thrown = await Assert.ThrowsAsync<WriteErrorsException>(() => UpdateAsync([(1, 0), (2, 3)]));
        Assert.That(thrown!.Codes, Is.EqualTo(new[] { 121 }));
        Assert.That((await _database.Documents("c").Find(new BsonDocument("_id", 2)).SingleAsync())["t"].AsString, Is.EqualTo("xxx"));
    }

    [Test]
    public async Task Updates_ask_for_the_majority_too_and_what_it_does_not_have_is_thrown()
    {
        using var server = new AnsweringServer(new BsonDocument { { "n", 1 }, { "nModified", 1 }, { "ok", 1 }, { "writeConcernError", new BsonDocument { { "code", 64 }, { "errmsg", "not by the majority" } } } });
        using var database = Open(server.Uri);

        Assert.That(async () => await UpdateAsync([(1, 3)], database), Throws.TypeOf<InfrastructureException>());
        var command = server.Writes.Single();
        Assert.That(command["update"], Is.EqualTo(new BsonString("c")));
        Assert.That(command["ordered"], Is.EqualTo(BsonBoolean.False));
        Assert.That(command["writeConcern"], Is.EqualTo(new BsonDocument { { "w", "majority" }, { "j", true } }));
    }

    private static BsonDocument Answer(params BsonDocument[] errors) => new() { { "n", 0 }, { "writeErrors", new BsonArray(errors) }, { "ok", 1 } };

    private static BsonDocument Error(int index, int code, string message) => new() { { "index", index }, { "code", code }, { "errmsg", message } };

    private Task<IReadOnlyList<int>> InsertAsync(IEnumerable<(int Id, int Size)> documents, MongoDatabase? database = null) =>
        (database ?? _database).InsertAsync("inserting", "c", documents, Write, CancellationToken.None);

    /// <summary>Gives documents a text of some length; one of no length becomes a number.</summary>
    private Task<int> UpdateAsync(IEnumerable<(int Id, int Length)> updates, MongoDatabase? database = null) => (database ?? _database).UpdateAsync(
        "updating",
        "c",
        updates,
        static (buffer, update) =>
        {
            var start = buffer.Begin();
            var filter = buffer.BeginDocument("q"u8);
            buffer.Write("_id"u8, update.Id);
            buffer.End(filter);
            var change = buffer.BeginDocument("u"u8);
            var set = buffer.BeginDocument("$set"u8);
            if (update.Length == 0)
                buffer.Write("t"u8, 0);
            else
                buffer.Write("t"u8, new string('x', update.Length));
            buffer.End(set);
            buffer.End(change);
            buffer.End(start);
        },
        CancellationToken.None);

    /// <summary>A document of exactly a size, 22 bytes at least.</summary>
    private static void Write(BsonBuffer buffer, (int Id, int Size) document)
    {
        var start = buffer.Begin();
        buffer.Write("_id"u8, document.Id);
        var text = buffer.BeginString("t"u8);
        var length = start + document.Size - 2 - buffer.Length;
        buffer.Span(length)[..length].Fill((byte)'x');
        buffer.Advance(length);
        buffer.EndString(text);
        buffer.End(start);
    }

    private async Task<List<int>> StoredAsync()
    {
        var found = await _database.Documents("c").Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).Project<BsonDocument>(new BsonDocument("_id", 1)).ToListAsync();
        return found.ConvertAll(document => document["_id"].AsInt32);
    }

    private static MongoDatabase Open(string uri) =>
        new(Options.Create(new MongoDbOptions { ConnectionString = uri, Database = $"test_{Guid.NewGuid():N}" }), TimeProvider.System);
}
