using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>What direct producers may send, and what becomes of what they may not: contract sections 8 and 9.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.WithServers))]
public sealed class DirectProducerRules(DeploymentSource source) : RuleFixture(source)
{
    private string _email = "";
    private string _uniqueId = "";

    private DirectProducer Producer => Pipeline.DirectProducer!;

    [SetUp]
    public void NewPerson() => (_email, _uniqueId) = (TestStore.NewEmail(), TestStore.Unique("direct"));

    [Test]
    public async Task An_event_is_stored_with_where_it_lay_and_the_record_s_time()
    {
        var at = await Producer.SendAsync(Store.Id, Event());
        var stored = await ByUniqueIdAsync();
        Assert.Multiple(() =>
        {
            Assert.That(stored["source"].AsBsonDocument.Member("producer"), Is.EqualTo("\"kafka\""));
            Assert.That(stored["source"]["topic"].AsString, Is.EqualTo(at.Topic));
            Assert.That(stored["source"]["partition"].ToInt32(), Is.EqualTo(at.Partition.Value));
            Assert.That(stored["source"]["offset"].ToInt64(), Is.EqualTo(at.Offset.Value));
            Assert.That(stored["receivedAt"].ToUniversalTime(), Is.EqualTo(TimeProvider.System.GetUtcNow().UtcDateTime).Within(TimeSpan.FromMinutes(2)));
            Assert.That(stored["_id"].AsBsonBinaryData.SubType, Is.EqualTo(BsonBinarySubType.UuidStandard));
        });
    }

    [Test]
    public async Task An_event_s_id_and_time_of_receipt_may_be_given_and_the_last_of_a_name_counts()
    {
        var id = Guid.NewGuid();
        await Producer.SendAsync(
            Store.Id, Event(), ("event-id", "nonsense"), ("event-id", id.ToString().ToUpperInvariant()), ("received-at", "yesterday"),
            ("received-at", "2026-04-02T14:00:00.1239+02:00"),
            ("traceparent", "malformed"), ("unknown", "header"));
        var stored = await ByUniqueIdAsync();
        Assert.Multiple(() =>
        {
            Assert.That(stored.Member("_id"), Is.EqualTo($"UUID({id})"));
            Assert.That(stored.Member("receivedAt"), Is.EqualTo("Date(2026-04-02T12:00:00.123Z)"));
            Assert.That(stored.Member("occurredAt"), Is.EqualTo("Date(2026-04-02T12:00:00.123Z)"));
        });
    }

    [TestCase(0, TestName = "The_frame_of_the_schema_registry_s_serializers_is_taken_off")]
    [TestCase(int.MaxValue, TestName = "A_frame_with_a_schema_that_nobody_knows_stops_nothing")]
    public async Task Frame(int schema)
    {
        byte[] frame = [0, (byte)(schema >> 24), (byte)(schema >> 16), (byte)(schema >> 8), (byte)schema];
        await Producer.SendAsync(Bytes(Store.Id), [.. frame, .. Bytes(Event())], Partition.Any);
        Assert.That((await ByUniqueIdAsync()).Member("eventName"), Is.EqualTo("\"Direct\""));
    }

    [Test]
    public async Task A_record_in_another_partition_is_processed()
    {
        foreach (var partition in new[] { 0, 1, 2, 3 })
        {
            _uniqueId = TestStore.Unique("elsewhere");
            await Producer.SendAsync(Bytes(Store.Id), Bytes(Event()), new Partition(partition));
            Assert.That((await ByUniqueIdAsync())["source"]["partition"].ToInt32(), Is.EqualTo(partition));
        }
    }

    [Test]
    public async Task A_record_in_another_partition_is_found_there()
    {
        await Producer.SendAsync(Store.Id, Event());
        var first = await ByUniqueIdAsync();
        foreach (var partition in new[] { 0, 1, 2, 3 })
        {
            var id = Guid.NewGuid();
            await Producer.SendAsync(Bytes(Store.Id), Bytes(Event()), new Partition(partition), ("event-id", id.ToString()));
            var trace = await Pipeline.AskAsync("trace", "--store", Store.Id, "--event-id", id.ToString());
            Assert.That((trace.GetProperty("status").GetString(), trace.GetProperty("record").GetProperty("partition").GetInt32()), Is.EqualTo(("duplicate", partition)));
            Assert.That(trace.GetProperty("duplicateOf").GetGuid(), Is.EqualTo(first["_id"].AsBsonBinaryData.ToGuid()));
        }
    }

    [Test]
    public async Task A_refused_record_whose_event_id_another_one_is_stored_by_stays_refused_when_it_is_replayed()
    {
        var id = Guid.NewGuid();
        await Producer.SendAsync(Store.Id, "{}", ("event-id", id.ToString()));
        var rejection = (await RejectionAsync(Store.Id, id))["_id"].AsString;
        await Producer.SendAsync(Store.Id, Event(), ("event-id", id.ToString()));
        await ByUniqueIdAsync();
        var replay = await Pipeline.OperateAsync("rejections", "replay", rejection, "--json");
        Assert.That((replay.ExitCode, replay.Json.GetProperty("stored").GetInt32(), replay.Json.GetProperty("rejectedAgain").GetInt32()), Is.EqualTo((1, 0, 1)), replay.Error);
        var trace = await Pipeline.AskAsync("trace", "--store", Store.Id, "--event-id", id.ToString());
        Assert.That((trace.GetProperty("status").GetString(), trace.GetProperty("rejection").GetProperty("id").GetString()), Is.EqualTo(("stored", rejection)));
    }

    [Test]
    public async Task An_event_id_that_its_own_store_used_is_a_redelivery_whatever_it_contains()
    {
        var id = Guid.NewGuid().ToString();
        var stranger = TestStore.NewEmail();
        await Producer.SendAsync(Store.Id, Event(), ("event-id", id));
        var stored = await ByUniqueIdAsync();
        await Producer.SendAsync(Store.Id, Event().Replace(_email, stranger, StringComparison.Ordinal).Replace(_uniqueId, _uniqueId + "x", StringComparison.Ordinal), ("event-id", id));
        await SettleAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(await Store.FindCustomerAsync("email", stranger), Is.Null);
            Assert.That(StoredText.Of(await Store.StoredAsync(Guid.Parse(id))), Is.EqualTo(StoredText.Of(stored)));
            Assert.That(await RejectionsAsync(Store.Id, Guid.Parse(id)), Is.Empty);
        });
    }

    [Test]
    public async Task An_event_id_that_another_store_used_is_a_conflict()
    {
        var other = await Pipeline.GetOtherStoreAsync();
        var id = Guid.NewGuid();
        await Producer.SendAsync(Store.Id, Event(), ("event-id", id.ToString()));
        await ByUniqueIdAsync();
        await Producer.SendAsync(other.Id, Event(), ("event-id", id.ToString()));
        var rejection = await RejectionAsync(other.Id, id);
        Assert.Multiple(async () =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo("event_id_conflict"));
            Assert.That(await other.FindCustomerAsync("email", _email), Is.Null);
        });
    }

    [Test]
    public async Task Without_an_event_id_equal_records_are_events_of_their_own()
    {
        var json = $"{{\"eventName\":\"Direct\",\"customer\":{{\"email\":\"{_email}\"}}}}";
        await Producer.SendAsync(Store.Id, json);
        await Producer.SendAsync(Store.Id, json);
        await SettleAsync();
        Assert.That(await Store.CountEventsAsync((await Store.CustomerAsync("email", _email))["customerId"]), Is.EqualTo(2));
    }

    [Test]
    public async Task Of_two_that_come_at_once_by_http_and_by_kafka_the_first_in_the_log_wins()
    {
        var pairs = Enumerable.Range(0, 10).Select(_ => (Unique: TestStore.Unique("race"), Http: TestStore.NewEmail(), Kafka: TestStore.NewEmail())).ToArray();
        var delivered = await Task.WhenAll(pairs.Select(async pair =>
        {
            var direct = Producer.SendAsync(Store.Id, Event(pair.Kafka, pair.Unique));
            await Store.SendAsync(Event(pair.Http, pair.Unique));
            return await direct;
        }));
        await Store.SettleAsync();
        await SettleAsync();
        for (var i = 0; i < pairs.Length; i++)
        {
            var (unique, http, kafka) = pairs[i];
            _uniqueId = unique;
            var stored = await ByUniqueIdAsync();
            var isKafka = stored["source"]["producer"].AsString == "kafka";
            Assert.Multiple(async () =>
            {
                Assert.That(
                    stored["source"]["offset"].ToInt64(), isKafka ? Is.EqualTo(delivered[i].Offset.Value) : Is.LessThan(delivered[i].Offset.Value), "the first in the log");
                Assert.That(await Store.FindCustomerAsync("email", isKafka ? http : kafka), Is.Null, "the other one left no trace");
                Assert.That((await Store.CustomerAsync("email", isKafka ? kafka : http))["customerId"], Is.EqualTo(stored["customerId"]));
            });
        }
    }

    [TestCase("event-id", "12", "invalid_format")]
    [TestCase("event-id", "{5cd6a5bb-2cc4-4b1e-9b7c-0df400000000}", "invalid_format")]
    [TestCase("event-id", "", "invalid_format")]
    [TestCase("event-id", "5cd6a5bb2cc44b1e9b7c0df400000000", "invalid_format")]
    [TestCase("event-id", " 5cd6a5bb-2cc4-4b1e-9b7c-0df400000000", "invalid_format")]
    [TestCase("received-at", "2026-04-02", "invalid_format")]
    [TestCase("received-at", "", "invalid_format")]
    [TestCase("received-at", "2026-02-30T00:00:00Z", "invalid_format")]
    public async Task A_malformed_header_is_a_rejection(string header, string value, string code)
    {
        var at = await Producer.SendAsync(Store.Id, Event(), (header, value));
        var rejection = await RejectionAtAsync(at);
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo(code));
            // An event-id that is none gives way to the derived one.
            Assert.That(Header(rejection, header), header == "event-id" ? Does.Match("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$") : Is.EqualTo(value));
        });
    }

    [TestCase("not json", "invalid_json", "")]
    [TestCase("", "invalid_json", "")]
    [TestCase("{\"eventName\":\"e\",\"customer\":{}}", "identity_missing", "/customer")]
    [TestCase("{\"eventName\":\"e\",\"customer\":{\"email\":\"a@b.c\"},\"value\":true}", "invalid_type", "/value")]
    public async Task An_invalid_event_is_a_rejection_that_blocks_nothing_behind_it(string value, string code, string pointer)
    {
        var at = await Producer.SendAsync(Store.Id, value);
        await SettleAsync();
        var rejection = await RejectionAtAsync(at);
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo(code));
            Assert.That(rejection.GetValue("pointer", "").AsString, Is.EqualTo(pointer));
            Assert.That(rejection["stage"].AsString, Is.EqualTo("normalizer"));
            Assert.That(rejection["storeId"].AsString, Is.EqualTo(Store.Id));
            Assert.That(rejection["payload"].AsByteArray, Is.EqualTo(Bytes(value)), "the original bytes");
            Assert.That(rejection["detail"].AsString, Is.Not.Empty);
            Assert.That(rejection["rejectedAt"].ToUniversalTime(), Is.EqualTo(TimeProvider.System.GetUtcNow().UtcDateTime).Within(TimeSpan.FromMinutes(2)));
            Assert.That(rejection["eventId"].AsBsonBinaryData.SubType, Is.EqualTo(BsonBinarySubType.UuidStandard));
            Assert.That(rejection["source"]["topic"].AsString, Is.EqualTo(at.Topic));
            Assert.That(rejection.Contains("replayedAt"), Is.False);
        });
    }

    [Test]
    public async Task A_record_without_a_value_is_a_rejection_with_an_empty_payload()
    {
        var rejection = await RejectionAtAsync(await Producer.SendAsync(Bytes(Store.Id), null, Partition.Any));
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo("invalid_json"));
            Assert.That(rejection["payload"].AsByteArray, Is.Empty);
        });
    }

    [TestCase("00", "invalid_json")]
    [TestCase("00000000", "invalid_json")]
    [TestCase("0000000001", "invalid_json")]
    [TestCase("00000000017B", "invalid_json")]
    [TestCase("0000000001FF", "invalid_encoding")]
    [TestCase("0100000001", "invalid_json")]
    public async Task A_frame_around_no_event_is_a_rejection_with_the_bytes_of_both(string hex, string code)
    {
        var value = Convert.FromHexString(hex);
        var rejection = await RejectionAtAsync(await Producer.SendAsync(Bytes(Store.Id), value, Partition.Any));
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo(code));
            Assert.That(rejection["payload"].AsByteArray, Is.EqualTo(value));
        });
    }

    [TestCase("", "")]
    [TestCase("FFFE", null)]
    [TestCase("2E2E2F73", "../s")]
    public async Task A_key_that_cannot_be_a_store_s_is_an_unknown_store(string hex, string? storeId)
    {
        var rejection = await RejectionAtAsync(await Producer.SendAsync(Convert.FromHexString(hex), Bytes(Event()), new Partition(2)));
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo("unknown_store"));
            Assert.That(rejection.Contains("storeId") ? rejection["storeId"].AsString : null, Is.EqualTo(storeId), "the key where it is UTF-8");
        });
    }

    [Test]
    public async Task A_record_without_a_key_is_a_rejection_of_no_store()
    {
        var rejection = await RejectionAtAsync(await Producer.SendAsync(null, Bytes(Event()), new Partition(1)));
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo("missing_key"));
            Assert.That(rejection.Contains("storeId"), Is.False);
        });
    }

    [Test]
    public async Task A_store_that_does_not_exist_is_a_rejection_that_is_replayed_once_it_does()
    {
        var storeId = Deployment.NewStoreId();
        var eventId = Guid.NewGuid();
        var at = await Producer.SendAsync(storeId, Event(), ("event-id", eventId.ToString()), ("received-at", "2026-04-02T12:00:00Z"), ("mine", "kept"));
        var rejection = await RejectionAtAsync(at);
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo("unknown_store"));
            Assert.That(rejection["storeId"].AsString, Is.EqualTo(storeId));
            Assert.That(rejection.Member("eventId"), Is.EqualTo($"UUID({eventId})"));
            Assert.That(Header(rejection, "mine"), Is.EqualTo("kept"));
        });

        var store = await Pipeline.CreateStoreAsync(storeId);
        var replay = await Pipeline.AskAsync("rejections", "replay", "--store", storeId);
        Assert.That((replay.GetProperty("replayed").GetInt32(), replay.GetProperty("stored").GetInt32()), Is.EqualTo((1, 1)), "it is known what became of it");
        var stored = await store.StoredAsync(eventId);
        Assert.Multiple(async () =>
        {
            Assert.That(stored.Member("receivedAt"), Is.EqualTo("Date(2026-04-02T12:00:00.000Z)"));
            Assert.That(stored.Member("uniqueId"), Is.EqualTo($"\"{_uniqueId}\""));
            Assert.That((await RejectionAsync(storeId, eventId)).Member("replayedAt"), Does.StartWith("Date("));
        });
        Assert.That((await Pipeline.AskAsync("rejections", "replay", "--store", storeId)).GetProperty("replayed").GetInt32(), Is.Zero, "replayed once");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task An_event_of_5_MB_is_stored_and_a_larger_one_is_a_rejection_whose_payload_is_cut(bool isFramed)
    {
        byte[] frame = isFramed ? [0, 0, 0, 0, 1] : [];
        byte[] largest = [.. frame, .. Bytes(Event() + new string(' ', 5 * 1024 * 1024 - Event().Length))];
        byte[] tooLarge = [.. largest, (byte)' '];
        await Producer.SendAsync(Bytes(Store.Id), largest, Partition.Any);
        await ByUniqueIdAsync();
        var rejection = await RejectionAtAsync(await Producer.SendAsync(Bytes(Store.Id), tooLarge, Partition.Any));
        Assert.Multiple(() =>
        {
            Assert.That(rejection["code"].AsString, Is.EqualTo("too_large"));
            Assert.That(rejection["payload"].AsByteArray, Is.EqualTo(tooLarge[..(64 * 1024)]));
            Assert.That(Header(rejection, "payload-bytes"), Is.EqualTo(tooLarge.Length.ToString(CultureInfo.InvariantCulture)));
            Assert.That(Header(rejection, "payload-truncated"), Is.EqualTo("true"));
        });
        var replay = await Pipeline.OperateAsync("rejections", "replay", rejection["_id"].ToString()!, "--json");
        Assert.That((replay.ExitCode, replay.Json.GetProperty("replayed").GetInt32()), Is.EqualTo((1, 0)), "what was cut cannot be replayed");
        Assert.That(replay.Json.GetProperty("skipped")[0].GetProperty("reason").GetString(), Does.Contain("cut"));
    }

    [Test]
    public async Task The_topic_of_rejections_has_the_original_bytes_and_says_where_they_were()
    {
        byte[] value = [0xFF, 0xFE, .. RandomNumberGenerator.GetBytes(8)];
        var at = await Producer.SendAsync(Bytes(Store.Id), value, Partition.Any, ("mine", "kept"));
        await RejectionAtAsync(at);
        var deployment = (ServersDeployment)Pipeline;
        var read = TopicReading.All(deployment.Kafka, deployment.RejectedTopic, ServersDeployment.Partitions)
            .Single(one => value.AsSpan().SequenceEqual(one.Message.Value));
        string? Text(string name) => read.Message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
        Assert.Multiple(() =>
        {
            Assert.That(read.Message.Key, Is.EqualTo(Bytes(Store.Id)));
            Assert.That(Text("rejection-stage"), Is.EqualTo("normalizer"));
            Assert.That(Text("rejection-code"), Is.EqualTo("invalid_encoding"));
            Assert.That(Text("rejection-detail"), Is.Not.Empty);
            Assert.That(Text("original-topic"), Is.EqualTo(at.Topic));
            Assert.That(Text("original-partition"), Is.EqualTo($"{at.Partition.Value}"));
            Assert.That(Text("original-offset"), Is.EqualTo($"{at.Offset.Value}"));
            Assert.That(long.Parse(Text("original-timestamp")!, CultureInfo.InvariantCulture), Is.GreaterThan(1_600_000_000_000));
            Assert.That(Guid.TryParseExact(Text("event-id"), "D", out _), Is.True, "the derived id");
            Assert.That(Text("mine"), Is.EqualTo("kept"));
        });
    }

    [Test]
    public async Task The_same_record_read_as_two_is_two_rejections_and_the_same_event_is_one()
    {
        var id = Guid.NewGuid();
        for (var i = 0; i < 2; i++)
            await Producer.SendAsync(Store.Id, "not json either", ("event-id", id.ToString()));
        await SettleAsync();
        await RejectionAsync(Store.Id, id);
        var marker = await Producer.SendAsync(Store.Id, "a later one");
        await RejectionAtAsync(marker);
        Assert.That(await RejectionsAsync(Store.Id, id), Has.Count.EqualTo(1), "known by store, event-id, stage and payload");
    }

    private string Event(string? email = null, string? uniqueId = null) =>
        $"{{\"eventName\":\"Direct\",\"customer\":{{\"email\":\"{email ?? _email}\"}},\"data\":{{\"N\":1}},\"uniqueId\":\"{uniqueId ?? _uniqueId}\"}}";

    private async Task SettleAsync()
    {
        // Nobody's key of a customer is shared: a sentinel through Kafka stands behind what came through Kafka.
        var before = _uniqueId;
        _uniqueId = TestStore.Unique("sentinel");
        await Producer.SendAsync(Store.Id, Event(TestStore.NewEmail()));
        await ByUniqueIdAsync();
        _uniqueId = before;
    }

    private Task<BsonDocument> ByUniqueIdAsync()
    {
        var filter = Builders<BsonDocument>.Filter.Eq("storeId", Store.Id) & Builders<BsonDocument>.Filter.Eq("uniqueId", _uniqueId);
        return Eventually.FindAsync(
            async () => await Pipeline.Database!.GetCollection<BsonDocument>("events").Find(filter).FirstOrDefaultAsync(),
            () => $"The event with the uniqueId {_uniqueId} is not stored.");
    }

    private Task<BsonDocument> RejectionAtAsync(TopicPartitionOffset at) => RejectionAsync(
        Builders<BsonDocument>.Filter.Eq("source.topic", at.Topic) & Builders<BsonDocument>.Filter.Eq("source.partition", at.Partition.Value) &
        Builders<BsonDocument>.Filter.Eq("source.offset", at.Offset.Value));

    private Task<BsonDocument> RejectionAsync(string storeId, Guid eventId) => RejectionAsync(Of(storeId, eventId));

    private Task<BsonDocument> RejectionAsync(FilterDefinition<BsonDocument> filter) => Eventually.FindAsync(
        async () => await Pipeline.Database!.GetCollection<BsonDocument>("rejections").Find(filter).FirstOrDefaultAsync(), () => "The rejection is not listed.");

    private Task<List<BsonDocument>> RejectionsAsync(string storeId, Guid eventId) =>
        Pipeline.Database!.GetCollection<BsonDocument>("rejections").Find(Of(storeId, eventId)).ToListAsync();

    private static FilterDefinition<BsonDocument> Of(string storeId, Guid eventId) =>
        Builders<BsonDocument>.Filter.Eq("storeId", storeId) & Builders<BsonDocument>.Filter.Eq("eventId", new BsonBinaryData(eventId, GuidRepresentation.Standard));

    private static string? Header(BsonDocument rejection, string key) => rejection["headers"].AsBsonArray
        .Where(one => one["key"].AsString == key).Select(static one => Encoding.UTF8.GetString(one["value"].AsByteArray)).LastOrDefault();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
