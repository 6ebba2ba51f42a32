using System.Text;
using System.Text.Json;
using CsCheck;
using CustomEvents.Events;
using Json.Schema;
using static CustomEvents.Tests.Events.Samples;

namespace CustomEvents.Tests.Events;

public class NormalizedEventTests
{
    [Test]
    public void What_is_written_is_read_back()
    {
        var written = Normalize(Valid(Guide));
        var read = Read(Write(written));
        Assert.Multiple(() =>
        {
            Assert.That(read.EventId, Is.EqualTo(written.EventId));
            Assert.That(read.StoreId, Is.EqualTo(written.StoreId));
            Assert.That(read.CustomerId, Is.EqualTo(written.CustomerId));
            Assert.That(read.ReceivedAt, Is.EqualTo(written.ReceivedAt));
            Assert.That(read.ReceivedAt.Kind, Is.EqualTo(DateTimeKind.Utc));
            Assert.That(read.Producer, Is.EqualTo(written.Producer));
            Assert.That(read.Topic, Is.EqualTo(written.Topic));
            Assert.That(read.Position, Is.EqualTo(written.Position));
            Assert.That(read.IdentifierAdded, Is.False);
            Assert.That(read.OccurredAt, Is.EqualTo(new DateTime(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc)));
            Assert.That(Dump(read.Event), Is.EqualTo(Dump(written.Event)));
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_added_identifier_travels(bool added)
    {
        var source = Normalize(Valid(With("")));
        var written = new NormalizedEvent
        {
            EventId = source.EventId,
            StoreId = source.StoreId,
            CustomerId = source.CustomerId,
            ReceivedAt = source.ReceivedAt,
            Producer = source.Producer,
            Topic = source.Topic,
            Position = source.Position,
            IdentifierAdded = added,
            Event = source.Event,
        };
        Assert.That(Read(Write(written)).IdentifierAdded, Is.EqualTo(added));
    }

    [Test]
    public void Strings_keys_and_JSON_stand_as_the_producer_wrote_them()
    {
        var json = Encoding.UTF8.GetString(Write(Normalize(Valid(WithData(
            """ "k\u00e9y":"\u0041😀", "o":{ "a" : 1.0 , "b":[ ] }, "d":"2026-04-02T12:00:00.5Z", "i":5.0,"f":1e300,"t":true,"$extra":{ "x" : "\/" } """)))));
        Assert.That(json, Does.EndWith(
            """ "data":{"k\u00e9y":"\u0041😀","o":{"json":{ "a" : 1.0 , "b":[ ] }},"d":{"date":1775131200500},"i":5,"f":1E+300,"t":true},"extra":{ "x" : "\/" }}""".TrimStart()));
    }

    [Test]
    public void No_identifier_of_the_customer_is_in_it()
    {
        var json = Encoding.UTF8.GetString(Write(Normalize(Valid(Guide))));
        Assert.That(json, Does.Not.Contain("jane.doe").And.Not.Contain("15551234567"));
    }

    [Test]
    public void Kinds_of_numbers_are_kept()
    {
        var written = Valid("""
            {"eventName":"e","customer":{"email":"a@b.c","location":{"latitude":90,"longitude":-0.5},"customFields":{"i":90,"d":1e19,"m":-9223372036854775808,"z":0}}}
            """);
        var read = Read(Write(Normalize(written))).Event;
        Assert.That(Dump(read), Is.EqualTo(Dump(written)));
        Assert.That(read.Location[0].Kind, Is.EqualTo(PropertyKind.Double));
    }

    [Test]
    public void Any_valid_event_is_read_back_and_described_by_the_schemas()
    {
        var normalized = Schema("events.normalized.json");
        var raw = Schema("events.raw.json");
        EventGen.Event.Sample(json =>
        {
            var read = Parse(json, out var errors) ?? throw new AssertionException(json + " " + Describe(errors));
            var record = Write(Normalize(read));
            var again = Read(record);
            if (Dump(again.Event) != Dump(read))
                throw new AssertionException($"{json}\n{Dump(read)}\n{Dump(again.Event)}");
            if (!Write(again).AsSpan().SequenceEqual(record))
                throw new AssertionException("Written again it differs: " + json);
            Validate(raw, Encoding.UTF8.GetBytes(json));
            Validate(normalized, record);
        }, iter: 500);
    }

    [Test]
    public void The_guides_example_is_described_by_the_schemas()
    {
        Validate(Schema("events.raw.json"), Encoding.UTF8.GetBytes(Guide));
        Validate(Schema("events.normalized.json"), Write(Normalize(Valid(Guide))));
    }

    [TestCase("events.raw.json", """{"eventName":"e","customer":{"firstName":"x"}}""")]
    [TestCase("events.raw.json", """{"eventName":"e","customer":{"email":"a@b.c","x":1}}""")]
    [TestCase("events.raw.json", """{"customer":{"email":"a@b.c"}}""")]
    [TestCase("events.normalized.json", """{"version":1}""")]
    public void A_schema_refuses_what_is_wrong(string schema, string json) =>
        Assert.That(IsValid(Schema(schema), Encoding.UTF8.GetBytes(json)), Is.False);

    [TestCase("""{"version":2}""", true)]
    [TestCase("""{"what":{"version":1,"deep":[[]]},"version":3,broken""", true)]
    [TestCase("""{"version":1}""", false)]
    [TestCase("""{"version":0}""", false)]
    [TestCase("""{"version":"2"}""", false)]
    [TestCase("""{"version":2.5}""", false)]
    [TestCase("""{"data":{"version":2}}""", false)]
    [TestCase("""{"broken""", false)]
    [TestCase("[2]", false)]
    [TestCase("", false)]
    public void A_record_of_a_newer_version_is_known_by_its_version_whatever_else_it_is(string json, bool expected)
    {
        Assert.That(NormalizedEvent.TryRead(Encoding.UTF8.GetBytes(json), out _, out _), Is.False);
        Assert.That(NormalizedEvent.IsNewer(Encoding.UTF8.GetBytes(json)), Is.EqualTo(expected));
    }

    [Test]
    public void It_is_at_most_64_KiB_larger_than_the_raw_record()
    {
        var members = string.Join(',', Enumerable.Range(0, 400).Select(i => $"\"{i}\":{(i % 4) switch { 0 => "1e18", 1 => "[]", 2 => "1e-7", _ => "\"2026-04-02T12:00:00Z\"" }}"));
        var fields = string.Join(',', Enumerable.Range(0, 400).Select(i => $"\"{i}\":{(i % 2) switch { 0 => "-9e18", _ => "\"0001-01-01T00:00:00Z\"" }}"));
        var json = "{\"eventName\":\"" + new string('x', 255) + "\",\"customer\":{\"email\":\"a@b.c\",\"customFields\":{" + fields + "}},\"data\":{" + members
            + "},\"uniqueId\":\"" + string.Concat(Enumerable.Repeat("\\n", 255)) + "\"}";
        Assert.That(Write(Normalize(Valid(json))), Has.Length.LessThan(json.Length + (64 * 1024)));
    }

    [Test]
    public void The_deepest_event_is_read_back()
    {
        var json = WithData("\"k\":" + new string('[', 62) + new string(']', 62) + ",\"$extra\":" + string.Concat(Enumerable.Repeat("{\"a\":", 61)) + "{}" + new string('}', 61));
        var read = Valid(json);
        Assert.That(Dump(Read(Write(Normalize(read))).Event), Is.EqualTo(Dump(read)));
    }

    [TestCase(65, "version")]
    [TestCase(66, "data is deeper than 64 levels")]
    public void What_is_deeper_than_any_event_is_refused(int arrays, string reason)
    {
        var json = "{\"data\":{\"k\":{\"json\":" + new string('[', arrays) + new string(']', arrays) + "}}}";
        Assert.That(NormalizedEvent.TryRead(Encoding.UTF8.GetBytes(json), out _, out var problem), Is.False);
        Assert.That(problem, Does.Contain(reason));
    }

    [Test]
    public void Members_that_are_not_known_are_ignored()
    {
        var json = Encoding.UTF8.GetString(Write(Normalize(Valid(Guide))));
        json = json.Replace("\"source\":{", "\"new\":[{\"version\":7}],\"source\":{\"new\":{},", StringComparison.Ordinal);
        Assert.That(Dump(Read(Encoding.UTF8.GetBytes(json)).Event), Is.EqualTo(Dump(Valid(Guide))));
    }

    [TestCase("", "")]
    [TestCase("{}", "version")]
    [TestCase("[]", "object")]
    [TestCase("{\"version\":2}", "version 2")]
    [TestCase("{\"version\":0}", "version 0")]
    [TestCase("{\"version\":1}", "eventId")]
    [TestCase("{\"eventId\":\"x\"}", "eventId")]
    [TestCase("{\"customerId\":\"x\"}", "customerId")]
    [TestCase("{\"customerId\":1}", "customerId")]
    [TestCase("{\"receivedAt\":9223372036854775807}", "receivedAt")]
    [TestCase("{\"receivedAt\":\"x\"}", "receivedAt")]
    [TestCase("{\"source\":1}", "source")]
    [TestCase("{\"data\":[]}", "data")]
    [TestCase("{\"data\":{\"k\":null}}", "data")]
    [TestCase("{\"data\":{\"k\":{}}}", "data")]
    [TestCase("{\"data\":{\"k\":{\"date\":\"x\"}}}", "data")]
    [TestCase("{\"data\":{\"k\":99999999999999999999}}", "data")]
    [TestCase("{\"extra\":[]}", "extra")]
    [TestCase("{\"extra\":{\"a\":[1e99999]}}", "extra has a number that cannot be stored")]
    [TestCase("{\"extra\":{\"a\":\"\\ud800\"}}", "Unicode")]
    [TestCase("{\"extra\":{\"\\u0000\":1}}", "NUL")]
    [TestCase("{\"data\":{\"\\u0000\":1}}", "NUL")]
    [TestCase("{\"data\":{\"k\":\"\\udc00\"}}", "Unicode")]
    [TestCase("{\"data\":{\"k\":{\"json\":5}}}", "an object or array")]
    [TestCase("{\"data\":{\"k\":{\"json\":[0.12345678901234567890123456789012345]}}}", "data has a number that cannot be stored")]
    [TestCase("{\"location\":{\"city\":{\"json\":[]}}}", "location has an object or array")]
    [TestCase("{\"customFields\":{\"k\":{\"json\":{}}}}", "customFields has an object or array")]
    [TestCase("{\"value\":\"1\"}", "value")]
    [TestCase("{\"eventName\":", "JSON")]
    [TestCase("{\"\\ud800\":1}", "Unicode")]
    public void Anything_else_is_refused_with_a_reason(string json, string reason)
    {
        Assert.That(NormalizedEvent.TryRead(Encoding.UTF8.GetBytes(json), out var normalized, out var problem), Is.False);
        Assert.That(normalized, Is.Null);
        Assert.That(problem, Is.Not.Empty.And.Contains(reason));
    }

    [Test]
    public void Every_cut_of_a_record_is_refused()
    {
        var record = Write(Normalize(Valid(Guide)));
        for (var length = 0; length < record.Length; length++)
            Assert.That(NormalizedEvent.TryRead(record.AsMemory(0, length), out _, out _), Is.False);
    }

    internal static NormalizedEvent Read(byte[] record)
    {
        Assert.That(NormalizedEvent.TryRead(record, out var normalized, out var problem), Is.True, problem + ": " + Encoding.UTF8.GetString(record));
        return normalized!;
    }

    private static JsonSchema Schema(string name) =>
        JsonSchema.FromText(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "schemas", name)));

    private static void Validate(JsonSchema schema, byte[] json)
    {
        if (!IsValid(schema, json))
            throw new AssertionException("The schema refuses " + Encoding.UTF8.GetString(json));
    }

    private static bool IsValid(JsonSchema schema, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return schema.Evaluate(document.RootElement).IsValid;
    }
}
