using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using CustomEvents.Tests.Support;
using Json.Schema;
using MongoDB.Driver;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>The schemas in docs/schemas describe what is really on the topics, and a producer that goes by them is heard: contract sections 9 and 10.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.WithServers))]
public sealed class PublishedSchemas(DeploymentSource source) : RuleFixture(source)
{
    private const string Who = "\"customer\":{\"email\":\"schemas@example.com\"}";

    // Each is valid and strange in its own way.
    private static readonly string[] Odd =
    [
        .. new[]
        {
            """{"eventName":" \u2003 trimmed \u00a0",WHO}""",
            """{"eventName":"nulls","customer":{"email":"schemas@example.com","id":null,"firstName":null,"location":null,"customFields":null},"data":null,"eventTimestamp":null,"value":null,"valueCurrency":null,"uniqueId":null}""",
            """{"eventName":"empty","customer":{"email":"schemas@example.com","firstName":"","lastName":"","location":{"city":"","countryCode":""},"customFields":{"e":"","n":null}},"data":{"a":"","b":0,"c":null,"d":-0.0,"e":false,"f":" ","$extra":{}}}""",
            """{"eventName":"numbers",WHO,"value":1e-6000,"data":{"max":9223372036854775807,"min":-9223372036854775808,"over":9223372036854775808,"double":1.7976931348623157e308,"tiny":5e-324,"int":5.0,"exp":1E3,"decimal":0.1}}""",
            """{"eventName":"money",WHO,"value":-9999999999999999999999999999999999,"valueCurrency":"eur"}""",
            """{"eventName":"dates","customer":{"email":"schemas@example.com","customFields":{"d":"0001-01-01T00:00:00z","no":"2026-02-30T00:00:00Z"}},"data":{"d":"9999-12-31T23:59:59.9999999Z","o":"2026-04-02t12:00:00.5-23:59","day":"2026-04-02"},"eventTimestamp":"0001-01-01T00:00:00.000Z"}""",
            """{"eventName":"keys",WHO,"data":{"a.b":1,"$set":2,"_id":3,"__proto__":"x"}}""",
            """{"eventName":"nested",WHO,"data":{"o":{},"a":[],"deep":DEEP,"$extra":{"":null,"n":[1.0,-0,0.10,12345678901234567890123456789012.34],"o":{"\ud83d\ude00":"\u0000"}}}}""",
            """{"eventName":"text",WHO,"data":{"\u006bey":"\ud83d\ude00\u0000\u2028\/","raw":"😀é"},"uniqueId":"\u0001\ud83d\ude00"}""",
            """{"eventName":"LONG",WHO,"data":{"KEY":1},"unknown":{"anything":[null]}}""",
            """{"eventName":"place","customer":{"phoneNumber":"+15005550006","location":{"street1":"1","latitude":-90,"longitude":1.8e2,"countryCode":"gb","ianaTimeZoneName":"US/Central"}}}""",
            """{"eventName":"id","customer":{"id":"5CD6A5BB2CC4FB1E5B7C0DF4","customFields":{"a.b":true,"$x":-0.0}}}""",
        }.Select(static json => json.Replace("WHO", Who, StringComparison.Ordinal)
            .Replace("DEEP", new string('[', 61) + new string(']', 61), StringComparison.Ordinal)
            .Replace("LONG", string.Concat(Enumerable.Repeat("😀", 255)), StringComparison.Ordinal)
            .Replace("KEY", string.Concat(Enumerable.Repeat("é", 255)), StringComparison.Ordinal)),
    ];

    private byte[] _record = [];

    protected override async Task PrepareAsync()
    {
        await Store.StoreAsync("""{"eventName":"whole",WHO,"data":{"a":1},"value":1,"uniqueId":"whole"}""".Replace("WHO", Who, StringComparison.Ordinal));
        var deployment = (ServersDeployment)Pipeline;
        _record = TopicReading.All(deployment.Kafka, deployment.NormalizedTopic, ServersDeployment.Partitions)
            .First(one => Encoding.UTF8.GetString(one.Message.Key!) == Store.Id).Message.Value!;
    }

    [Test]
    public async Task What_lies_on_the_topics_is_as_the_schemas_say()
    {
        foreach (var json in Odd)
            await Pipeline.DirectProducer!.SendAsync(Store.Id, json);
        await Pipeline.DirectProducer!.SendAsync(Store.Id, "\uFEFF" + Odd[0]);
        await Store.SendBulkAsync(Odd.Select(static json => json.Replace("schemas@", "schemas-http@", StringComparison.Ordinal)));
        await Store.SettleAsync();

        var deployment = (ServersDeployment)Pipeline;
        var normalizedSchema = Schema("events.normalized.json");
        var rawSchema = Schema("events.raw.json");
        var raw = TopicReading.All(deployment.Kafka, deployment.RawTopic, ServersDeployment.Partitions)
            .ToDictionary(static one => (one.Partition.Value, one.Offset.Value), static one => one.Message.Value);
        // All that other cases of the suite have sent by now is looked at as well.
        var normalized = TopicReading.All(deployment.Kafka, deployment.NormalizedTopic, ServersDeployment.Partitions);
        var ofThisStore = 0;
        Assert.Multiple(() =>
        {
            foreach (var one in normalized)
            {
                using var document = JsonDocument.Parse(one.Message.Value!);
                Check(normalizedSchema, document.RootElement);
                var at = document.RootElement.GetProperty("source");
                if (document.RootElement.GetProperty("storeId").GetString() == Store.Id)
                    ofThisStore++;
                // What the pipeline takes must not be refused by a producer's serializer.
                if (raw.TryGetValue((at.GetProperty("partition").GetInt32(), at.GetProperty("offset").GetInt64()), out var value))
                    Check(rawSchema, Json(value!));
            }
        });
        Assert.That(ofThisStore, Is.AtLeast((2 * Odd.Length) + 2));
    }

    [TestCase("version", "2")]
    [TestCase("version", null)]
    [TestCase("eventId", "\"5CD6A5BB-2CC4-4B1E-9B7C-0DF400000000\"")]
    [TestCase("eventId", null)]
    [TestCase("storeId", "\"a/b\"")]
    [TestCase("customerId", "\"12\"")]
    [TestCase("receivedAt", "\"2026-04-02T12:00:00Z\"")]
    [TestCase("source", "{}")]
    [TestCase("eventName", "\"\"")]
    [TestCase("uniqueId", "null")]
    [TestCase("valueCurrency", "\"eur\"")]
    [TestCase("value", "\"1\"")]
    [TestCase("data", "{\"k\":null}")]
    [TestCase("data", "{\"k\":[]}")]
    [TestCase("data", "{\"k\":{\"date\":\"2026-04-02T12:00:00Z\"}}")]
    [TestCase("data", "{\"k\":{\"json\":1}}")]
    [TestCase("customFields", "{\"k\":{\"json\":{}}}")]
    [TestCase("extra", "[]")]
    public void A_normalized_record_that_is_not_so_is_refused_by_its_schema(string member, string? value)
    {
        var record = JsonNode.Parse(_record)!.AsObject();
        var schema = Schema("events.normalized.json");
        Assert.That(schema.Evaluate(JsonSerializer.SerializeToElement(record)).IsValid, Is.True, "before it was changed");
        record.Remove(member);
        if (value is not null)
            record[member] = JsonNode.Parse(value);
        Assert.That(schema.Evaluate(JsonSerializer.SerializeToElement(record)).IsValid, Is.False);
    }

    [Test]
    public async Task The_sample_of_a_direct_producer_is_heard()
    {
        var registry = TestServers.SchemaRegistry;
        var deployment = (ServersDeployment)Pipeline;
        using (var client = new HttpClient())
        {
            // The services tell the registry once they have started.
            await Eventually.TrueAsync(
                async () =>
                {
                    using var answer = await client.GetAsync(new Uri($"{registry}/subjects/{deployment.RawTopic}-value/versions/latest"));
                    return answer.IsSuccessStatusCode ? null : $"{(int)answer.StatusCode}";
                },
                () => "The schema is not registered.");
        }

        var run = await OperatorRun.OfAsync("direct-producer", [Store.Id], new Dictionary<string, string>
        {
            ["KAFKA_BOOTSTRAP_SERVERS"] = deployment.Kafka,
            ["SCHEMA_REGISTRY_URL"] = registry,
            ["RAW_TOPIC"] = deployment.RawTopic,
        });
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var ids = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => Guid.Parse(line.Split(' ')[0])).ToArray();
        Assert.That(ids, Has.Length.EqualTo(2));
        var raw = TopicReading.All(deployment.Kafka, deployment.RawTopic, ServersDeployment.Partitions);
        foreach (var id in ids)
        {
            var stored = await Store.StoredAsync(id);
            Assert.That(stored["uniqueId"].AsString, Does.EndWith(id.ToString()));
            var record = raw.Single(one => one.Partition.Value == stored["source"]["partition"].ToInt32() && one.Offset.Value == stored["source"]["offset"].ToInt64());
            Assert.That(record.Message.Value![0], Is.Zero, "it is framed");
        }

        var trace = await Pipeline.AskAsync("trace", "--store", Store.Id, "--event-id", ids[0].ToString());
        Assert.That(trace.GetProperty("status").GetString(), Is.EqualTo("stored"));
    }

    private static JsonSchema Schema(string name) => JsonSchema.FromText(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "schemas", name)));

    private static void Check(JsonSchema schema, JsonElement json)
    {
        var result = schema.Evaluate(json, new EvaluationOptions { OutputFormat = OutputFormat.List });
        if (result.IsValid)
            return;
        var text = json.GetRawText();
        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"The schema refuses {(text.Length < 2_000 ? text : text[..2_000])}: {string.Join("; ", (result.Details ?? []).Where(static detail => detail.Errors is not null).Select(static detail => $"{detail.InstanceLocation} {string.Join(',', detail.Errors!.Values)}"))}"));
    }

    private static JsonElement Json(byte[] value)
    {
        var json = value.AsMemory();
        if (json.Span[0] == 0)
            json = json[5..];
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        return JsonElement.Parse(json.Span, new JsonDocumentOptions { MaxDepth = 70 });
    }
}
