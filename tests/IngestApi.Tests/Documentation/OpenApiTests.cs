using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CustomEvents.Events;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.IngestApi.Support;
using Microsoft.OpenApi;

namespace CustomEvents.Tests.IngestApi.Documentation;

/// <summary>The document and the behaviour agree: requests are made of the document, answers are held against it.</summary>
public sealed class OpenApiTests : ApiFixture
{
    private const string SinglePath = "/stores/{storeId}/events";
    private const string BulkPath = "/stores/{storeId}/events/bulk";
    private const int MB = 1024 * 1024;

    /// <summary>What JSON Schema cannot say, and the document says in words: it takes these, and the API refuses them.</summary>
    private static readonly string[] SaidInWords = ["/customer/location/ianaTimeZoneName \"x\"", "/customer/location/ianaTimeZoneName \" \""];

    private string _text = null!;
    private PublishedApi _published = null!;

    [OneTimeSetUp]
    public async Task ReadDocument()
    {
        var answer = await Api.SendAsync(new RawRequest { Method = "GET", Target = "/openapi.json", Headers = ["Host: api"] });
        Assert.That((answer.Status, answer["Content-Type"]), Is.EqualTo((200, "application/json")));
        _text = answer.Text;
        _published = new PublishedApi(_text);
    }

    [TearDown]
    public void Mend()
    {
        Api.Log.Failure = null;
        Api.Tenants.Failure = null;
    }

    [Test]
    public void It_is_a_valid_document_of_OpenAPI_3_1()
    {
        var read = OpenApiDocument.Parse(_text, "json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Diagnostic!.Errors.Select(error => $"{error.Pointer}: {error.Message}"), Is.Empty);
            Assert.That(read.Diagnostic.Warnings.Select(warning => $"{warning.Pointer}: {warning.Message}"), Is.Empty);
            Assert.That(read.Diagnostic.SpecificationVersion, Is.EqualTo(OpenApiSpecVersion.OpenApi3_1));
            Assert.That(read.Document!.Paths.Keys, Is.EqualTo([SinglePath, BulkPath]));
        }
    }

    [Test]
    public void Its_codes_are_the_codes() =>
        Assert.That(
            _published.Component("schemas").GetProperty("ErrorCode").GetProperty("enum").EnumerateArray().Select(code => code.GetString()),
            Is.EquivalentTo(Enum.GetValues<ErrorCode>().Select(code => code.ToText())));

    [Test]
    public void Its_examples_of_answers_are_what_their_schemas_say()
    {
        foreach (var path in _published.Paths)
        {
            foreach (var status in _published.Statuses(path))
            {
                foreach (var content in _published.Response(path, status).GetProperty("content").EnumerateObject())
                    Assert.That(_published.IsValid(PublishedApi.NameOf(content.Value.GetProperty("schema")), content.Value.GetProperty("example")), Is.True, $"{path} {status}");
            }
        }
    }

    [Test]
    public async Task Its_examples_of_requests_are_accepted_at_every_server_with_every_parameter()
    {
        foreach (var path in _published.Paths)
        {
            foreach (var prefix in _published.Prefixes)
            {
                foreach (var example in _published.RequestContent(path).GetProperty("examples").EnumerateObject())
                {
                    var body = example.Value.GetProperty("value");
                    Assert.That(_published.IsValid(PublishedApi.NameOf(_published.RequestContent(path).GetProperty("schema")), body), Is.True, example.Name);
                    var headers = _published.Operation(path).GetProperty("parameters").EnumerateArray().Select(_published.Resolve)
                        .Where(parameter => parameter.TryGetProperty("example", out _))
                        .Select(parameter => $"{parameter.GetProperty("name").GetString()}: {parameter.GetProperty("example").GetString()}");
                    var request = RequestTo(path, body.GetRawText()).With([.. headers]);
                    var answer = await SendAsync(request.To(prefix + request.Target), 202);
                    AssertDocumented(path, answer);
                    Assert.That(answer["X-Request-Id"], Is.EqualTo("7f9c2ba4"));
                    Assert.That(answer["Preference-Applied"], Is.EqualTo("return=representation"));
                }
            }
        }
    }

    /// <summary>
    /// Every value of every property of an event, in turn, is one of each JSON type or one of the schema's examples: the schema and the API
    /// judge each alike.
    /// </summary>
    [Test]
    public async Task The_schema_of_an_event_and_the_API_judge_alike()
    {
        var differences = new List<string>();
        var (accepted, refused) = (0, 0);
        foreach (var (name, json) in Variants())
        {
            var answer = await Api.SendAsync(RequestTo(SinglePath, json));
            Assert.That(answer.Status, Is.EqualTo(202).Or.EqualTo(400), name);
            AssertDocumented(SinglePath, answer);
            using var parsed = JsonDocument.Parse(json);
            var isValid = _published.IsValid("Event", parsed.RootElement);
            if (isValid != (answer.Status == 202) && !SaidInWords.Contains(name))
                differences.Add($"{name}: the schema says {isValid}, the API {answer.Status} {answer.Text}");
            _ = answer.Status == 202 ? accepted++ : refused++;
        }

        Assert.That(differences, Is.Empty);
        Assert.That((accepted, refused), Is.GreaterThan((60, 60)).Using<(int, int)>((a, b) => a.Item1 > b.Item1 && a.Item2 > b.Item2 ? 1 : -1), "both verdicts are met often");
    }

    [Test]
    public async Task Every_status_of_the_contract_is_provoked_and_documented()
    {
        var seen = _published.Paths.ToDictionary(path => path, _ => new SortedSet<int>());
        foreach (var path in _published.Paths)
        {
            async Task Check(RunningApi api, RawRequest request, int status)
            {
                var answer = await api.SendAsync(request);
                Assert.That(answer.Status, Is.EqualTo(status), answer.ToString());
                AssertDocumented(path, answer);
                seen[path].Add(status);
            }

            var good = RequestTo(path, path == BulkPath ? $$"""{"events":[{{Samples.Event}},{{Samples.Invalid}}]}""" : Samples.Event);
            await Check(Api, good, 202);
            await Check(Api, good.With("Prefer: return=representation"), 202);
            await Check(Api, good.WithBody("{"u8.ToArray()), 400);
            await Check(Api, good.With("Content-Encoding: gzip"), 400);
            await Check(Api, good.With("Idempotency-Key: a b"), 400);
            await Check(Api, good.Without("Authorization"), 401);
            await Check(Api, good.WithKey("ce_wrong_key"), 401);
            await Check(Api, good.WithKey(RunningApi.ReadOnlyKey), 403);
            await Check(Api, good.WithKey(RunningApi.OtherStoresKey), 404);
            await Check(Api, good.To(good.Target + "/"), 404);
            await Check(Api, good with { Method = "GET" }, 405);
            await Check(Api, good with { ContentLength = 21 * MB }, 413);
            await Check(Api, good.Instead("Content-Type: text/plain"), 415);
            await Check(Api, good.With("Content-Encoding: lzw"), 415);
            seen[path].Add(await StallAsync(path, good));
            Api.Log.Failure = new InvalidOperationException("a bug");
            await Check(Api, good, 500);
            Api.Log.Failure = new LogWriteException("away", nothingWritten: true, LogWriteFailure.Unavailable);
            await Check(Api, good, 503);
            Api.Log.Failure = null;

            await using var strict = await RunningApi.StartAsync(("RateLimit:Burst", "1"));
            strict.Tenants.Failure = new InfrastructureException("away");
            await Check(strict, good, 503);
            strict.Tenants.Failure = null;
            strict.Time.Advance(TimeSpan.FromSeconds(2));
            await Eventually.BecomesAsync(async () => (await strict.SendAsync(good)).Status, Is.EqualTo(202), "the keys are back");
            await Check(strict, good, 429);
            for (var i = 0; i <= 300; i++)
                await strict.SendAsync(good.Without("Authorization"));
            await Check(strict, good, 429);
        }

        foreach (var path in _published.Paths)
            Assert.That(seen[path], Is.EquivalentTo(_published.Statuses(path)), path);
    }

    [Test]
    public async Task The_page_for_people_says_what_the_document_says_and_needs_nothing_else()
    {
        var answer = await Api.SendAsync(new RawRequest { Method = "GET", Target = "/docs", Headers = ["Host: api"] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.Status, answer["Content-Type"]), Is.EqualTo((200, "text/html; charset=utf-8")));
            Assert.That(answer["Content-Security-Policy"], Does.StartWith("default-src 'none'; style-src 'sha256-").And.Contain("frame-ancestors 'none'"));
            Assert.That(answer["X-Content-Type-Options"], Is.EqualTo("nosniff"));
            Assert.That(answer.Text, Does.Not.Contain("<script").And.Not.Match("(src|href)=\"(https?:)?//").And.Not.Contain("url("));
            foreach (var code in Enum.GetValues<ErrorCode>())
                Assert.That(answer.Text, Does.Contain($"<code>{code.ToText()}</code>"));
            foreach (var schema in _published.Component("schemas").EnumerateObject())
                Assert.That(answer.Text, Does.Contain($"<h3 id=\"{schema.Name}\">"));
            foreach (var status in _published.Statuses(SinglePath))
                Assert.That(answer.Text, Does.Contain($"<th>{status}</th>"));
        }

        var style = answer.Text.Split("<style>")[1].Split("</style>")[0];
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.That(answer["Content-Security-Policy"], Does.Contain($"'sha256-{hash}'"), "the browser takes the style that is there");
    }

    private static RawRequest RequestTo(string path, string body) =>
        RawRequest.Single(body).To(path.Replace("{storeId}", RunningApi.StoreId, StringComparison.Ordinal));

    private void AssertDocumented(string path, RawAnswer answer) => Assert.That(_published.Differences(path, answer), Is.Empty);

    private async Task<int> StallAsync(string path, RawRequest request)
    {
        await using var connection = await Api.ConnectAsync();
        await connection.SendAsync([.. request.Head(), .. request.Body[..10]]);
        var answer = connection.ReceiveAsync();
        while (!answer.IsCompleted)
        {
            // The timer may be made a moment after the time was moved.
            await Task.WhenAny(answer, Task.Delay(20));
            Api.Time.Advance(TimeSpan.FromSeconds(2));
        }

        AssertDocumented(path, await answer);
        return (await answer).Status;
    }

    private IEnumerable<(string Name, string Json)> Variants()
    {
        foreach (var (pointer, schema) in Properties("Event", ""))
        {
            var values = new List<string> { "null", "true", "1", "-1000", "1.5", "\"\"", "\"x\"", "\" \"", "[]", "{}", "[1]", """{"":1}""", """{"x":null}""", """{"x":{}}""" };
            if (schema.TryGetProperty("examples", out var examples))
                values.AddRange(examples.EnumerateArray().Select(example => example.GetRawText()));
            if (schema.TryGetProperty("maxLength", out var longest))
                values.AddRange(((int[])[longest.GetInt32(), longest.GetInt32() + 1]).Select(length => $"\"{new string('x', length)}\""));
            if (schema.TryGetProperty("maxProperties", out var most))
                values.AddRange(((int[])[400, 401, most.GetInt32() + 1]).Where(count => count != 401 || most.GetInt32() == 400).Select(ObjectOf));
            foreach (var value in values)
                yield return ($"{pointer} {value}", WithValue(pointer, value));
            yield return ($"{pointer} absent", WithValue(pointer, null));
        }
    }

    private static string ObjectOf(int members) => $"{{{string.Join(',', Enumerable.Range(0, members).Select(i => $"\"k{i}\":1"))}}}";

    private IEnumerable<(string Pointer, JsonElement Schema)> Properties(string name, string pointer) => Properties(_published.Component("schemas").GetProperty(name), pointer);

    private IEnumerable<(string Pointer, JsonElement Schema)> Properties(JsonElement schema, string pointer)
    {
        if (!schema.TryGetProperty("properties", out var properties))
            yield break;
        foreach (var property in properties.EnumerateObject())
        {
            var resolved = _published.Resolve(property.Value);
            yield return ($"{pointer}/{property.Name}", resolved);
            foreach (var inner in Properties(resolved, $"{pointer}/{property.Name}"))
                yield return inner;
        }
    }

    /// <summary>The full example, with another value at one place; null takes it away.</summary>
    private string WithValue(string pointer, string? value)
    {
        var root = JsonNode.Parse(_published.RequestContent(SinglePath).GetProperty("examples").GetProperty("full").GetProperty("value").GetRawText())!;
        var names = pointer.Split('/').Skip(1).ToArray();
        var parent = names[..^1].Aggregate(root, (node, name) => node[name]!).AsObject();
        if (value is null)
            parent.Remove(names[^1]);
        else
            parent[names[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
