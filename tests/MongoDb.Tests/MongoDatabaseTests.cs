using CustomEvents.MongoDb.Server;
using CustomEvents.MongoDb.Stores;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.MongoDb;

[TestFixture]
public sealed class MongoDatabaseTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_server_that_hangs_is_lost_infrastructure_after_the_time_limit()
    {
        var url = new MongoUrl(TestServers.Mongo);
        await using var server = new ServerProxy(url.Server.Host, url.Server.Port);
        var time = new FakeTimeProvider();
        var through = new MongoUrlBuilder(TestServers.Mongo) { Server = new MongoServerAddress("127.0.0.1", server.Port), DirectConnection = true };
        using var database = Open(through.ToString(), time);
        var claims = new MongoClaimStore(database);
        await claims.FindAsync("s", "u", CancellationToken.None);

        server.Hang();
        var calls = new Task[]
        {
            claims.FindAsync("s", "u", CancellationToken.None),
            claims.ClaimAsync([new Claim("s", "u", Guid.NewGuid())], CancellationToken.None),
            new MongoDependency(database).PrepareAsync(CancellationToken.None),
        };
        time.Advance(MongoDatabase.CallLimit);

        foreach (var call in calls)
        {
            var thrown = await Assert.ThrowsAsync<InfrastructureException>(() => call.WaitAsync(Deadline));
            Assert.That(thrown!.Message, Does.Contain("no answer within 10 s").And.Contain("127.0.0.1"));
        }

    }

    [Test]
    public async Task A_server_that_is_away_is_lost_infrastructure_and_the_check_says_so()
    {
        var time = new FakeTimeProvider();
        using var database = Open("mongodb://user:secret@127.0.0.1:1/", time);
        var call = new MongoTenantStore(database).StoreExistsAsync("s", CancellationToken.None);
        var check = new MongoDependency(database).CheckAsync(CancellationToken.None);
        time.Advance(MongoDatabase.CallLimit);

        await Assert.ThrowsAsync<InfrastructureException>(() => call.WaitAsync(Deadline));
        Assert.That(await check.WaitAsync(Deadline), Does.Contain("127.0.0.1:1").And.Not.Contain("secret"));
    }

    [TestCase("mongodb://127.0.0.1:1/")]
    [TestCase("mongodb://127.0.0.1:1/?w=1&journal=false&readConcernLevel=local&readPreference=secondary")]
    public void What_is_acknowledged_survives_a_crash_and_an_election_whatever_the_connection_string_says(string connectionString)
    {
        using var database = Open(connectionString, new FakeTimeProvider());
        var settings = database.Documents("events").Settings;

        Assert.That(settings.WriteConcern, Is.EqualTo(WriteConcern.WMajority.With(journal: true)));
        Assert.That(settings.ReadConcern, Is.EqualTo(ReadConcern.Majority));
        Assert.That(settings.ReadPreference, Is.EqualTo(ReadPreference.Primary));
    }

    [Test]
    public void A_caller_who_cancels_gets_a_cancellation()
    {
        using var database = Open("mongodb://127.0.0.1:1/", new FakeTimeProvider());
        using var cancelled = new CancellationTokenSource();
        var call = new MongoTenantStore(database).StoreExistsAsync("s", cancelled.Token);
        cancelled.Cancel();

        Assert.That(async () => await call.WaitAsync(Deadline), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void The_drivers_own_timeout_is_lost_infrastructure_without_its_view_of_the_cluster()
    {
        var translated = MongoFaults.Translate(new TimeoutException("A timeout occurred ... at System.Net"), "MongoDB at h:1, reading", limitReached: false);
        Assert.That(translated, Is.InstanceOf<InfrastructureException>());
        Assert.That(translated!.Message, Does.Not.Contain("System.Net"));
    }

    [TestCase(13, true)]
    [TestCase(10107, true)]
    [TestCase(14031, true)]
    [TestCase(50, true)]
    [TestCase(2, false)]
    [TestCase(11000, false)]
    public void Codes_of_the_servers_trouble_are_told_from_those_of_a_command(int code, bool isInfrastructure)
    {
        var connection = new global::MongoDB.Driver.Core.Connections.ConnectionId(
            new(new(), new System.Net.DnsEndPoint("h", 1)));
        var failed = new MongoCommandException(connection, "failed", new BsonDocument("x", 1), new BsonDocument { { "ok", 0 }, { "code", code } });
        Assert.That(MongoFaults.Translate(failed, "what", limitReached: false) is InfrastructureException, Is.EqualTo(isInfrastructure));
    }

    [TestCase(10334)]
    [TestCase(17419)]
    [TestCase(17420)]
    public void A_document_that_is_too_large_is_the_records_fault(int code)
    {
        var connection = new global::MongoDB.Driver.Core.Connections.ConnectionId(
            new(new(), new System.Net.DnsEndPoint("h", 1)));
        var failed = new MongoCommandException(connection, "failed", new BsonDocument("x", 1), new BsonDocument { { "ok", 0 }, { "code", code } });
        Assert.That(MongoFaults.Translate(failed, "what", limitReached: false), Is.InstanceOf<RecordFaultException>());
    }

    [Test]
    public void A_failed_write_is_told_without_the_values_that_it_quotes()
    {
        var connection = new global::MongoDB.Driver.Core.Connections.ConnectionId(
            new(new(), new System.Net.DnsEndPoint("h", 1)));
        var failed = new MongoBulkWriteException<BsonDocument>(
            connection, null, [Error(0, 11000, "E11000 dup key: { email: \"ann@b.c\" }"), Error(1, 10107, "not primary")], null, []);
        var translated = MongoFaults.Translate(failed, "MongoDB at h:1, making customers", limitReached: false);
        Assert.That(translated, Is.InstanceOf<InfrastructureException>());
        Assert.That(translated!.Message, Does.Contain("10107").And.Not.Contain("ann@b.c"));

        // The driver makes these itself alone.
        static BulkWriteError Error(int index, int code, string message) => (BulkWriteError)typeof(BulkWriteError)
            .GetConstructors(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)
            .Single(constructor => constructor.GetParameters().Length == 5)
            .Invoke([index, ServerErrorCategory.Uncategorized, code, message, null]);
    }

    [TestCase("", "custom_events", "MongoDb:ConnectionString")]
    [TestCase("localhost", "custom_events", "MongoDb:ConnectionString")]
    [TestCase("mongodb://user:se/cr@et@host:x/", "custom_events", "MongoDb:ConnectionString")]
    [TestCase("mongodb://host", "", "MongoDb:Database")]
    [TestCase("mongodb://host", "a.b", "MongoDb:Database")]
    public void A_wrong_setting_is_named_with_its_value_and_what_to_do(string connectionString, string database, string setting)
    {
        var result = new MongoDbOptionsValidator().Validate(null, new MongoDbOptions { ConnectionString = connectionString, Database = database });
        Assert.That(result.FailureMessage, Does.Contain(setting).And.Contain(" is \"").And.Contain("Give "));
        Assert.That(result.FailureMessage, Does.Not.Contain("se/cr").And.Not.Contain("cr@et"));
    }

    [Test]
    public void The_defaults_are_valid() =>
        Assert.That(new MongoDbOptionsValidator().Validate(null, new MongoDbOptions()).Succeeded, Is.True);

    private static MongoDatabase Open(string connectionString, TimeProvider time) =>
        new(Options.Create(new MongoDbOptions { ConnectionString = connectionString, Database = "none" }), time);
}
