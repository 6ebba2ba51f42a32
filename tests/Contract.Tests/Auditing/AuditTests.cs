using System.Globalization;
using System.Net;
using System.Text.Json;
using Confluent.Kafka;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>
/// Many events through HTTP and through Kafka at once, normalizer and persister killed in the middle: what is stored is what a plain model makes of
/// the raw topic. <c>AUDIT_EVENTS</c> says how many of each (3,000).
/// </summary>
[TestFixture]
[NonParallelizable]
public sealed class AuditTests
{
    private const int Kills = 3;
    private const int Seed = 20260402;
    private static readonly int Events = int.TryParse(Environment.GetEnvironmentVariable("AUDIT_EVENTS"), CultureInfo.InvariantCulture, out var given) ? given : 3000;
    private ServersDeployment _pipeline = null!;

    [OneTimeSetUp]
    public async Task StartPipeline() => _pipeline = await ServersDeployment.StartOwnAsync();

    [OneTimeTearDown]
    public async Task StopPipeline()
    {
        if (_pipeline is not null)
            await _pipeline.DisposeAsync();
    }

    [Test]
    public async Task After_kills_every_event_customer_segment_and_catalog_entry_is_as_one_reader_of_the_log_would_make_it()
    {
        TestStore[] stores = [await _pipeline.CreateStoreAsync(), await _pipeline.CreateStoreAsync()];
        try
        {
            await SendAndKillAsync(stores);
            var models = ReadRawTopic(stores);
            for (var i = 0; i < stores.Length; i++)
                await AuditAsync(stores[i], models[i]);
            Assert.That(
                await Collection("segment_index").CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty), Is.EqualTo(models.Sum(static model => (long)model.SegmentEntries)));
        }
        catch
        {
            await TestContext.Out.WriteLineAsync(_pipeline.Logs);
            throw;
        }
    }

    private async Task SendAndKillAsync(TestStore[] stores)
    {
        var people = Math.Max(20, Events / 20);
        var share = Events / Kills;
        var generators = stores.Select((_, i) => (
            Http: new AuditEvents(Seed + i, i + 1, people, "http", "kafka"), Kafka: new AuditEvents(Seed + 10 + i, i + 1, people, "kafka", "http"))).ToArray();
        for (var round = 1; round <= Kills; round++)
        {
            var before = await StoredAsync();
            var sending = Task.WhenAll(stores.SelectMany((store, i) => new[]
            {
                Task.Run(() => SendByHttpAsync(store, generators[i].Http, share / 2)),
                Task.Run(() => SendByKafkaAsync(store, generators[i].Kafka, share / 2)),
            }));
            // In the middle: some of the round are stored, and not all.
            await Eventually.TrueAsync(
                async () => await StoredAsync() is var stored && stored > before + (share / 10) ? null : $"{stored} stored", () => "The pipeline does not get on.");
            await _pipeline.KillWorkersAsync();
            await sending;
        }

        // The last of each store: when it is stored, all are.
        foreach (var (i, store) in stores.Index())
        {
            var last = await store.SendAsync(
                $"{{\"eventName\":\"Viewed\",\"customer\":{{\"email\":\"last@store{i}.example\"}},\"data\":{{\"Plan\":\"last\",\"$extra\":{{\"n\":0}}}}}}");
            await Eventually.TrueAsync(
                async () => await _pipeline.FindEventAsync(store.Id, last) is null ? $"{await StoredAsync()} events are stored" : null,
                () => "The last event is not stored.", TimeSpan.FromSeconds(60 + (Events / 100)));
        }
    }

    private static async Task SendByHttpAsync(TestStore store, AuditEvents events, int count)
    {
        for (var sent = 0; sent < count; sent += 100)
        {
            var body = $$"""{"events":[{{string.Join(',', Enumerable.Range(0, Math.Min(100, count - sent)).Select(_ => events.Next()))}}]}""";
            // The same request again is the same events.
            var key = TestStore.Unique("audit");
            await Eventually.TrueAsync(
                async () =>
                {
                    var answer = await store.PostAsync(body, true, ("Idempotency-Key", key));
                    return answer.Status == HttpStatusCode.Accepted ? null : answer.ToString();
                },
                () => "A bulk request is not accepted.");
        }
    }

    private async Task SendByKafkaAsync(TestStore store, AuditEvents events, int count)
    {
        var random = new Random(Seed);
        var sent = new List<(string Id, string Event)>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(500))
        {
            var sends = new List<Task>();
            foreach (var _ in chunk)
            {
                switch (random.Next(4))
                {
                    case 0:
                        sends.Add(_pipeline.DirectProducer.SendAsync(store.Id, events.Next()));
                        break;
                    case 1 when sent.Count > 0:
                        // A producer that tries again under the id of its first attempt.
                        var (id, again) = sent[random.Next(sent.Count)];
                        sends.Add(_pipeline.DirectProducer.SendAsync(store.Id, again, ("event-id", id)));
                        break;
                    default:
                        sent.Add((Guid.NewGuid().ToString(), events.Next()));
                        sends.Add(_pipeline.DirectProducer.SendAsync(store.Id, sent[^1].Event, ("event-id", sent[^1].Id)));
                        break;
                }
            }

            await Task.WhenAll(sends);
        }
    }

    private AuditModel[] ReadRawTopic(TestStore[] stores)
    {
        var models = stores.Select(static _ => new AuditModel()).ToArray();
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _pipeline.Kafka,
            GroupId = "unused",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, ServersDeployment.Partitions).Select(partition => new TopicPartitionOffset(_pipeline.RawTopic, partition, Offset.Beginning)));
        for (var ends = 0; ends < ServersDeployment.Partitions;)
        {
            var read = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new AssertionException("The raw topic could not be read.");
            if (read.IsPartitionEOF)
            {
                ends++;
                continue;
            }

            var store = Array.FindIndex(stores, one => one.Id == System.Text.Encoding.UTF8.GetString(read.Message.Key));
            models[store].Take(read);
        }

        return models;
    }

    private async Task AuditAsync(TestStore store, AuditModel model)
    {
        await AuditEventsAsync(store, model);
        await AuditCustomersAsync(store, model);
        await AuditCatalogAsync(store, model);
        await AuditSegmentsAsync(store, model);
        Assert.That(await Collection("rejections").CountDocumentsAsync(Of(store)), Is.Zero, "nothing was refused");
    }

    private async Task AuditEventsAsync(TestStore store, AuditModel model)
    {
        var stored = await Collection("events").Find(Of(store)).ToListAsync();
        var wrong = new List<string>();
        var seen = new HashSet<(int, long)>();
        foreach (var document in stored)
        {
            var place = (document["source"]["partition"].ToInt32(), document["source"]["offset"].ToInt64());
            if (!seen.Add(place))
                wrong.Add($"{place} is stored twice");
            if (!model.Events.TryGetValue(place, out var expected))
            {
                wrong.Add($"{place} should have been dropped: {document}");
                continue;
            }

            var customerId = document["customerId"].AsObjectId;
            expected.Customer.Stored ??= customerId;
            if (expected.Customer.Stored != customerId)
                wrong.Add($"{place} has another customer than an earlier event of the same");
            if (expected.UniqueId != document.GetValue("uniqueId", null)?.AsString || expected.Name != document["eventName"].AsString ||
                expected.ReceivedAt != document["receivedAt"].ToUniversalTime() ||
                expected.Data.GetProperty("$extra").GetProperty("n").GetInt64() != document["extra"]["n"].AsInt64)
            {
                wrong.Add($"{place} is {document}, expected {expected}");
            }
        }

        wrong.AddRange(model.Events.Keys.Where(place => !seen.Contains(place)).Select(static place => $"{place} is missing"));
        AssertNothing(wrong, "events");
    }

    private async Task AuditCustomersAsync(TestStore store, AuditModel model)
    {
        var stored = (await Collection("customers").Find(Of(store)).ToListAsync()).ToDictionary(static one => one["customerId"].AsObjectId);
        var wrong = new List<string>();
        foreach (var expected in model.Customers)
        {
            if (expected.Stored is not { } id || !stored.Remove(id, out var customer))
            {
                wrong.Add($"{expected.Id} {expected.Email} {expected.Phone} is missing, or another's");
                continue;
            }

            var fields = customer.Where(static member => member.Name is "firstName" or "lastName").Select(static member => $"{member.Name}={StoredText.Of(member.Value)}")
                .Concat(new[] { "location", "customFields" }.SelectMany(part => customer.GetValue(part, new BsonDocument()).AsBsonDocument
                    .Select(member => $"{part}.{member.Name}={StoredText.Of(member.Value)}"))).Order(StringComparer.Ordinal);
            string[] found =
            [
                $"id={(expected.Id is null ? "any" : id.ToString())}", $"email={customer.GetValue("email", null)}", $"phone={customer.GetValue("phoneNumber", null)}",
                $"created={Time(customer["createdAt"].ToUniversalTime())}", $"updated={Time(customer["updatedAt"].ToUniversalTime())}", string.Join(' ', fields),
            ];
            string[] shouldBe =
            [
                $"id={expected.Id ?? "any"}", $"email={expected.Email}", $"phone={expected.Phone}",
                $"created={Time(expected.CreatedAt)}", $"updated={Time(expected.UpdatedAt)}", expected.Profile,
            ];
            wrong.AddRange(found.Zip(shouldBe).Where(static pair => pair.First != pair.Second).Select(pair => $"{id}: is {pair.First}, should be {pair.Second}"));
        }

        wrong.AddRange(stored.Values.Select(static one => $"nobody's: {one}"));
        AssertNothing(wrong, "customers");
    }

    private async Task AuditCatalogAsync(TestStore store, AuditModel model)
    {
        var entries = await Collection("event_catalog").Find(Of(store)).ToListAsync();
        var stored = entries.ToDictionary(static one => one["eventName"].AsString, static one => (
            string.Join(", ", one["properties"].AsBsonArray.SelectMany(static property => property["types"].AsBsonArray.Select(type => $"{property["key"]}: {type}"))
                .Order(StringComparer.Ordinal)),
            Time(one["firstSeenAt"].ToUniversalTime())));
        Assert.That(stored, Is.EquivalentTo(model.Catalog.ToDictionary(static one => one.Key, static one => (string.Join(", ", one.Value.Properties), Time(one.Value.FirstSeenAt)))));
    }

    private async Task AuditSegmentsAsync(TestStore store, AuditModel model)
    {
        (string Key, string[] Condition, Func<JsonElement, bool> Meets)[] conditions =
        [
            ("Plan", ["--op", "eq", "--value", "gold"], static data => data.GetProperty("Plan").GetString() == "gold"),
            ("Total", ["--op", "gte", "--value", "90"], static data => data.GetProperty("Total").GetDouble() >= 90),
            ("First", ["--op", "eq", "--value", "false"], static data => !data.GetProperty("First").GetBoolean()),
            ("At", ["--op", "lt", "--value", "2026-02-01T00:00:00Z"], static data => data.GetProperty("At").GetDateTime() < new DateTime(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc)),
        ];
        foreach (var (key, condition, meets) in conditions)
        {
            var found = await _pipeline.AskAsync(["segments", "query", "--store", store.Id, "--event", "Ordered", "--key", key, .. condition]);
            var expected = model.Events.Values.Where(one => one.Name == "Ordered" && meets(one.Data)).Select(static one => one.Customer.Stored.ToString()).Distinct();
            Assert.That(found.GetProperty("customers").EnumerateArray().Select(static one => one.GetString()), Is.EquivalentTo(expected), key);
        }
    }

    private static void AssertNothing(List<string> wrong, string what) =>
        Assert.That(wrong, Is.Empty, $"{wrong.Count} {what} are wrong, among them:\n{string.Join('\n', wrong.Take(20))}");

    private async Task<long> StoredAsync() => await Collection("events").EstimatedDocumentCountAsync();

    private IMongoCollection<BsonDocument> Collection(string name) => _pipeline.Database.GetCollection<BsonDocument>(name);

    private static FilterDefinition<BsonDocument> Of(TestStore store) => Builders<BsonDocument>.Filter.Eq("storeId", store.Id);

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
