// A direct producer (docs/direct-producers.md): writes events to events.raw without the HTTP API. Confluent's serializer checks each against
// the schema that the pipeline registered, and frames it.
//   dotnet run --project samples/direct-producer STORE
using System.Text;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using CustomEvents.Samples.DirectProducer;
using Newtonsoft.Json;
using NJsonSchema.NewtonsoftJson.Generation;

var store = args.Length > 0 ? args[0] : "demo";
var topic = Setting("RAW_TOPIC", "events.raw");

using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = Setting("SCHEMA_REGISTRY_URL", "http://localhost:8081") });
var published = await registry.GetLatestSchemaAsync(topic + "-value");
var serializer = new JsonSerializer<CustomEvent>(
    registry,
    // The published schema, not one made up from the C# type: what it refuses is refused here, before it is sent.
    new Schema(published.SchemaString, SchemaType.Json),
    new JsonSerializerConfig { AutoRegisterSchemas = false, UseLatestVersion = true },
    new NewtonsoftJsonSchemaGeneratorSettings { SerializerSettings = new JsonSerializerSettings { NullValueHandling = NullValueHandling.Ignore } });

using var producer = new ProducerBuilder<string, CustomEvent>(new ProducerConfig
{
    BootstrapServers = Setting("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"),
    Acks = Acks.All,
    EnableIdempotence = true,
    // As Java's clients choose, and not librdkafka's own default: only so a store's events stay in order.
    Partitioner = Partitioner.Murmur2Random,
}).SetValueSerializer(serializer).Build();

foreach (var tier in new[] { "silver", "gold" })
{
    // An id of its own, made before the first attempt, makes it safe to send the record again after an error: it is stored once.
    var eventId = Guid.CreateVersion7();
    var delivered = await producer.ProduceAsync(topic, new Message<string, CustomEvent>
    {
        Key = store,
        Headers = new Headers { { "event-id", Encoding.UTF8.GetBytes(eventId.ToString()) } },
        Value = new CustomEvent
        {
            EventName = "VIP Tier Reached",
            Customer = new Customer { Email = "ada@example.com", FirstName = "Ada" },
            Data = new Dictionary<string, object> { ["VIP Tier"] = tier, ["Total Spent"] = 1500.5 },
            UniqueId = $"vip-{tier}-ada-{eventId}",
        },
    });
    Console.WriteLine($"{eventId} {delivered.TopicPartitionOffset}");
}

Console.Error.WriteLine($"What became of one: events trace --store {store} --event-id ID");

static string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;
