using CustomEvents.Tests.Contract.Deployments;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>What is segmentable, and what conditions find: contract sections 6 and 11, through the operator's command.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class SegmentRules(DeploymentSource source) : RuleFixture(source)
{
    private static readonly string LongText = string.Concat(new string('x', 1023), "é", new string('y', 3000));
    private static readonly string Cut = new('x', 1023);
    private readonly Dictionary<string, string> _names = [];

    protected override async Task PrepareAsync()
    {
        var long1 = string.Concat(LongText, "1");
        var stored = await Store.StoreAllAsync(
            Event("ada", "2026-04-01T00:00:00Z", "\"Plan\":\"gold\",\"Seats\":3,\"Trial\":false,\"At\":\"2026-04-02T12:00:00Z\",\"Price\":1.5,\"$extra\":{\"Hidden\":\"x\"},\"Object\":{\"Inner\":1},\"Array\":[1],\"a.b\":\"dot\",\"$set\":1"),
            Event("bob", "2026-04-02T00:00:00Z", "\"Plan\":\"Gold\",\"Seats\":10,\"Trial\":true,\"At\":\"2026-04-03T12:00:00Z\",\"Price\":-1.5,\"Empty\":\"\",\"Zero\":0,\"Null\":null"),
            Event("cyd", "2026-04-03T00:00:00Z", $"\"Plan\":\"silver\",\"Seats\":\"3\",\"Long\":\"{long1}\""),
            Event("cyd", "2026-04-03T01:00:00Z", "\"Plan\":\"silver\""));
        foreach (var (name, document) in new[] { "ada", "bob", "cyd" }.Zip(stored))
            _names[document["customerId"].AsObjectId.ToString()] = name;
    }

    [TestCase("Plan", "eq", "gold", "ada")]
    [TestCase("Plan", "ne", "gold", "bob cyd")]
    [TestCase("Plan", "exists", null, "ada bob cyd")]
    [TestCase("Seats", "eq", "3", "ada", TestName = "A_number_is_not_the_text_of_it")]
    [TestCase("Seats", "eq", "3.0", "ada")]
    [TestCase("Seats", "gt", "3", "bob")]
    [TestCase("Seats", "gte", "3", "ada bob")]
    [TestCase("Seats", "lt", "10", "ada")]
    [TestCase("Seats", "lte", "10", "ada bob")]
    [TestCase("Price", "lt", "0", "bob")]
    [TestCase("Price", "gt", "-2", "ada bob")]
    [TestCase("Trial", "eq", "false", "ada", TestName = "False_is_segmentable")]
    [TestCase("At", "gt", "2026-04-02T12:00:00Z", "bob")]
    [TestCase("At", "eq", "2026-04-02T14:00:00+02:00", "ada")]
    [TestCase("a.b", "eq", "dot", "ada")]
    [TestCase("$set", "exists", null, "ada")]
    [TestCase("$extra", "exists", null, "", TestName = "Extra_is_not_segmentable")]
    [TestCase("Hidden", "exists", null, "", TestName = "What_is_inside_extra_is_not_segmentable")]
    [TestCase("Object", "exists", null, "", TestName = "An_object_is_not_segmentable")]
    [TestCase("Array", "exists", null, "", TestName = "An_array_is_not_segmentable")]
    [TestCase("Empty", "exists", null, "", TestName = "An_ignored_empty_text_is_not_segmentable")]
    [TestCase("Zero", "exists", null, "", TestName = "An_ignored_0_is_not_segmentable")]
    public async Task Condition(string key, string comparison, string? value, string expected) =>
        Assert.That(await QueryAsync(key, comparison, value), Is.EqualTo(expected));

    [Test]
    public async Task Of_a_long_text_the_index_holds_1024_bytes_cut_between_characters_and_a_condition_is_cut_likewise()
    {
        Assert.That(await QueryAsync("Long", "eq", LongText + "2"), Is.EqualTo("cyd"));
        Assert.That(await QueryAsync("Long", "eq", Cut), Is.EqualTo("cyd"));
        Assert.That(await QueryAsync("Long", "eq", Cut[1..]), Is.Empty);
    }

    [Test]
    public async Task Since_is_about_when_an_event_occurred()
    {
        Assert.That(await QueryAsync("Plan", "exists", null, "--since", "2026-04-02T00:00:00Z"), Is.EqualTo("bob cyd"));
        Assert.That(await QueryAsync("Plan", "exists", null, "--since", "2026-04-03T00:00:00.001Z"), Is.EqualTo("cyd"));
    }

    private async Task<string> QueryAsync(string key, string comparison, string? value, params string[] more)
    {
        string[] given = value is null ? more : [$"--value={value}", .. more];
        var found = await Pipeline.AskAsync(["segments", "query", "--store", Store.Id, "--event", "Segmented", "--key", key, "--op", comparison, .. given]);
        var customers = found.GetProperty("customers").EnumerateArray().Select(one => _names[one.GetString()!]).Order().ToArray();
        Assert.That(found.GetProperty("count").GetInt32(), Is.EqualTo(customers.Length));
        return string.Join(' ', customers);
    }

    private static string Event(string person, string at, string data) =>
        $"{{\"eventName\":\"Segmented\",\"eventTimestamp\":\"{at}\",\"customer\":{{\"email\":\"{person}@example.com\"}},\"data\":{{{data}}}}}";
}
