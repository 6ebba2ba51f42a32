using System.Globalization;
using Confluent.Kafka;
using CustomEvents.Bench.Running;
using CustomEvents.Kafka;
using CustomEvents.Pipeline.Log;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.Floors;

/// <summary>
/// A floor for freshness: one loop that consumes what the bare endpoint produced and writes what the pipeline writes for an event (a claim, the customer's change, four
/// segment entries, then the event itself), all that came meanwhile in one command a collection, with the same indexes and write concern. It is one hop and one process
/// where the pipeline has two, has no lanes, and looks nothing up: no duplicates, no identities, no order of changes.
/// </summary>
internal sealed class StoringFloor(string kafka, string topic, string database)
{
    private const int MostAtOnce = 1_000;
    private static readonly string[] Keys = ["Order Total", "Items", "Coupon", "Ordered At"];

    /// <summary>Works until the process ends.</summary>
    public async Task RunAsync()
    {
        using var client = new MongoClient(BenchOptions.MongoUri);
        var target = client.GetDatabase(database).WithWriteConcern(WriteConcern.WMajority.With(journal: true));
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ClientSettings(new KafkaOptions { BootstrapServers = kafka }).GroupMember("bench-store")).Build();
        consumer.Assign(Enumerable.Range(0, Deployment.Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        while (true)
        {
            var claims = new BsonArray();
            var changes = new Dictionary<string, BsonDocument>();
            var entries = new BsonArray();
            var events = new BsonArray();
            for (var record = consumer.Consume(TimeSpan.FromSeconds(1)); record is not null; record = events.Count < MostAtOnce ? consumer.Consume(TimeSpan.Zero) : null)
                Add(record.Message, claims, changes, entries, events);
            if (events.Count == 0)
                continue;
            await Task.WhenAll(
                MongoFloor.WriteAsync(target, "insert", "claims", "documents", claims),
                MongoFloor.WriteAsync(target, "update", "customers", "updates", new BsonArray(changes.Values)),
                MongoFloor.WriteAsync(target, "insert", "segment_index", "documents", entries));
            await MongoFloor.WriteAsync(target, "insert", "events", "documents", events);
        }
    }

    /// <summary>A customer before an event changes it.</summary>
    public static BsonDocument Customer(string store, string email) => new() { { "_id", $"{store}:{email}" }, { "storeId", store }, { "email", email } };

    private static void Add(Message<byte[], byte[]> message, BsonArray claims, Dictionary<string, BsonDocument> changes, BsonArray entries, BsonArray events)
    {
        var store = System.Text.Encoding.ASCII.GetString(message.Key);
        var id = Guid.ParseExact(System.Text.Encoding.ASCII.GetString(message.Headers.GetLastBytes(HeaderNames.EventId)), "D");
        var json = BsonDocument.Parse(System.Text.Encoding.UTF8.GetString(message.Value));
        var (customer, data) = (json["customer"].AsBsonDocument, json["data"].AsBsonDocument);
        var (email, uniqueId) = (customer["email"].AsString, json["uniqueId"].AsString);
        claims.Add(new BsonDocument { { "_id", $"{store}:{uniqueId}" }, { "eventId", Binary(id) } });
        // The last change of a customer counts.
        changes[$"{store}:{email}"] = new BsonDocument
        {
            { "q", new BsonDocument("_id", $"{store}:{email}") },
            { "u", new BsonDocument("$set", new BsonDocument("customFields", customer["customFields"])) },
        };
        foreach (var key in Keys)
            entries.Add(new BsonDocument("_id", string.Create(CultureInfo.InvariantCulture, $"{store}\u0001order placed\u0001{key}\u0001{data[key]}\u0001{email}\u0001{id:N}")));
        events.Add(new BsonDocument
        {
            { "_id", Binary(id) }, { "storeId", store }, { "uniqueId", uniqueId }, { "customerId", email }, { "eventName", json["eventName"] }, { "occurredAt", message.Timestamp.UtcDateTime }, { "data", data },
        });
    }

    private static BsonBinaryData Binary(Guid id) => new(id, GuidRepresentation.Standard);
}
