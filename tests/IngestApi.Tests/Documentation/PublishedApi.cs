using System.Text.Json;
using CustomEvents.Tests.IngestApi.Support;
using Json.Schema;

namespace CustomEvents.Tests.IngestApi.Documentation;

/// <summary>The OpenAPI document, as something that answers can be held against.</summary>
internal sealed class PublishedApi
{
    /// <summary>The framing of HTTP and the clock: no part of the API.</summary>
    private static readonly string[] Framing = ["Date", "Content-Length", "Content-Type", "Connection", "Transfer-Encoding"];

    private readonly Dictionary<string, JsonSchema> _schemas = [];

    public PublishedApi(string text)
    {
        Root = JsonDocument.Parse(text).RootElement;
        // As a schema that stands by itself.
        var definitions = Component("schemas").GetRawText().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        foreach (var schema in Component("schemas").EnumerateObject())
            _schemas[schema.Name] = JsonSchema.FromText($$"""{"$ref":"#/$defs/{{schema.Name}}","$defs":{{definitions}}}""");
    }

    public JsonElement Root { get; }

    public IEnumerable<string> Paths => Root.GetProperty("paths").EnumerateObject().Select(path => path.Name);

    public IEnumerable<string> Prefixes => Root.GetProperty("servers").EnumerateArray().Select(server => server.GetProperty("url").GetString()!.TrimEnd('/'));

    public JsonElement Component(string kind) => Root.GetProperty("components").GetProperty(kind);

    public JsonElement Operation(string path) => Root.GetProperty("paths").GetProperty(path).GetProperty("post");

    public IEnumerable<int> Statuses(string path) =>
        Operation(path).GetProperty("responses").EnumerateObject().Select(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture));

    public JsonElement RequestContent(string path) => Resolve(Operation(path).GetProperty("requestBody")).GetProperty("content").GetProperty("application/json");

    public JsonElement Response(string path, int status) =>
        Resolve(Operation(path).GetProperty("responses").GetProperty(status.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Whether a value is what the schema of that name says.</summary>
    public bool IsValid(string schema, JsonElement value) => _schemas[schema].Evaluate(value).IsValid;

    /// <summary>The name of the schema that a reference is to.</summary>
    public static string NameOf(JsonElement schema) => schema.GetProperty("$ref").GetString()!.Split('/')[^1];

    public JsonElement Resolve(JsonElement element)
    {
        if (!element.TryGetProperty("$ref", out var reference))
            return element;
        return reference.GetString()!.Split('/').Skip(1).Aggregate(Root, (found, name) => found.GetProperty(name));
    }

    /// <summary>What about an answer is not as the document says.</summary>
    public IEnumerable<string> Differences(string path, RawAnswer answer)
    {
        if (!Statuses(path).Contains(answer.Status))
            return [$"{answer.Status} is not documented for {path}"];
        var response = Response(path, answer.Status);
        return HeaderDifferences(response.GetProperty("headers"), answer).Concat(BodyDifferences(response.GetProperty("content"), answer))
            .Select(difference => $"{path} {answer.Status}: {difference}");
    }

    private IEnumerable<string> HeaderDifferences(JsonElement headers, RawAnswer answer)
    {
        var known = headers.EnumerateObject().ToDictionary(header => header.Name, header => Resolve(header.Value), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in answer.Headers)
        {
            if (Framing.Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            if (!known.TryGetValue(name, out var header))
                yield return $"the header {name} is not documented";
            else if (!JsonSchema.FromText(header.GetProperty("schema").GetRawText()).Evaluate(JsonSerializer.SerializeToElement(value)).IsValid)
                yield return $"the header {name} is '{value}'";
        }

        foreach (var (name, header) in known)
        {
            if (header.GetProperty("required").GetBoolean() && answer[name] is null)
                yield return $"the header {name} is absent";
        }
    }

    private IEnumerable<string> BodyDifferences(JsonElement content, RawAnswer answer)
    {
        // Only a 202 may be without.
        if (answer is { Status: 202, Body.Length: 0 })
            yield break;
        if (!content.TryGetProperty(answer["Content-Type"] ?? "", out var body))
            yield return $"the content type {answer["Content-Type"]} is not documented";
        else if (!IsValid(NameOf(body.GetProperty("schema")), answer.Json))
            yield return $"the body is no {NameOf(body.GetProperty("schema"))}: {answer.Text}";
    }
}
