using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CustomEvents.IngestApi.Documentation;

/// <summary>Makes a page for people of the OpenAPI document: what stands on it stands in the document.</summary>
internal sealed class DocumentPage
{
    /// <summary>The page's style sheet.</summary>
    public const string Style = """
        :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
        h2{margin-top:3rem}code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;background:#8881}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #8884}
        th{white-space:nowrap}.method{font-weight:700;color:#0a7d34}.note{opacity:.75}
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Bounds =
    [
        "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "maxProperties", "pattern", "const", "format",
    ];

    private readonly StringBuilder _html = new();
    private readonly JsonElement _document;

    private DocumentPage(JsonElement document) => _document = document;

    /// <summary>The page.</summary>
    public static string Render(JsonElement document)
    {
        var page = new DocumentPage(document);
        page.WritePage();
        return page._html.ToString();
    }

    private void WritePage()
    {
        var info = _document.GetProperty("info");
        var title = Encode(Text(info, "title"));
        _html.Append($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{Style}</style></head><body>");
        _html.Append($"<h1>{title} {Encode(Text(info, "version"))}</h1><p>{Prose(Text(info, "description"))}</p>");
        _html.Append("<p class=\"note\">The same for programs: <a href=\"/openapi.json\">/openapi.json</a></p><ul>");
        foreach (var (_, _, operation) in Operations())
            _html.Append($"<li><a href=\"#{Encode(Text(operation, "operationId"))}\">{Encode(Text(operation, "summary"))}</a></li>");
        _html.Append("<li><a href=\"#schemas\">Schemas</a></li></ul><h2>Where and with which key</h2><table>");
        foreach (var server in _document.GetProperty("servers").EnumerateArray())
            Row($"<code>{Encode(Text(server, "url"))}</code>", Prose(Text(server, "description")));
        foreach (var scheme in _document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject())
            Row("<code>Authorization: Bearer &lt;key&gt;</code>", Prose(Text(scheme.Value, "description")));
        _html.Append("</table>");
        foreach (var (path, item, operation) in Operations())
            WriteOperation(path, item, operation);
        _html.Append("<h2 id=\"schemas\">Schemas</h2>");
        foreach (var schema in _document.GetProperty("components").GetProperty("schemas").EnumerateObject())
            WriteSchema(schema.Name, schema.Value);
        _html.Append("</body></html>");
    }

    private IEnumerable<(string Path, JsonElement Item, JsonElement Operation)> Operations()
    {
        foreach (var path in _document.GetProperty("paths").EnumerateObject())
            yield return (path.Name, path.Value, path.Value.GetProperty("post"));
    }

    private void WriteOperation(string path, JsonElement item, JsonElement operation)
    {
        _html.Append($"<h2 id=\"{Encode(Text(operation, "operationId"))}\">{Encode(Text(operation, "summary"))}</h2>");
        _html.Append($"<p><code><span class=\"method\">POST</span> {Encode(path)}</code></p><p>{Prose(Text(operation, "description"))}</p>");
        _html.Append("<h3>Parameters</h3><table>");
        foreach (var parameter in item.GetProperty("parameters").EnumerateArray().Concat(operation.GetProperty("parameters").EnumerateArray()).Select(Resolve))
            Row($"<code>{Encode(Text(parameter, "name"))}</code> <span class=\"note\">{Encode(Text(parameter, "in"))}</span>", $"{Prose(Text(parameter, "description"))} {Rules(parameter.GetProperty("schema"))}");
        _html.Append("</table><h3>Body</h3>");
        foreach (var content in operation.GetProperty("requestBody").GetProperty("content").EnumerateObject())
        {
            _html.Append($"<p><code>{Encode(content.Name)}</code>: {Type(content.Value.GetProperty("schema"))}</p>");
            foreach (var example in content.Value.GetProperty("examples").EnumerateObject())
                Example(Text(example.Value, "summary"), example.Value.GetProperty("value"));
        }

        _html.Append("<h3>Answers</h3><table>");
        foreach (var response in operation.GetProperty("responses").EnumerateObject())
            WriteResponse(response.Name, Resolve(response.Value));
        _html.Append("</table>");
    }

    private void WriteResponse(string status, JsonElement response)
    {
        _html.Append($"<tr><th>{Encode(status)}</th><td>{Prose(Text(response, "description"))}<br><span class=\"note\">");
        _html.AppendJoin(", ", response.GetProperty("headers").EnumerateObject().Select(header => $"<code title=\"{Encode(Text(Resolve(header.Value), "description"))}\">{Encode(header.Name)}</code>"));
        _html.Append("</span>");
        foreach (var content in response.GetProperty("content").EnumerateObject())
        {
            _html.Append($"<br><code>{Encode(content.Name)}</code>: {Type(content.Value.GetProperty("schema"))}");
            Example("Example", content.Value.GetProperty("example"));
        }

        _html.Append("</td></tr>");
    }

    private void WriteSchema(string name, JsonElement schema)
    {
        _html.Append($"<h3 id=\"{Encode(name)}\">{Encode(name)}</h3><p>{Prose(Text(schema, "description"))} {Rules(schema)}</p>");
        WriteProperties(schema);
    }

    private void WriteProperties(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var properties))
            return;
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(one => one.GetString()).ToHashSet() : [];
        _html.Append("<table>");
        foreach (var property in properties.EnumerateObject())
        {
            _html.Append($"<tr><th><code>{Encode(property.Name)}</code>{(required.Contains(property.Name) ? " required" : "")}</th><td>{Type(property.Value)}. {Prose(Text(property.Value, "description"))} {Rules(property.Value)}");
            WriteProperties(property.Value);
            _html.Append("</td></tr>");
        }

        _html.Append("</table>");
    }

    private void Example(string summary, JsonElement value) =>
        _html.Append($"<details><summary>{Encode(summary)}</summary><pre>{Encode(JsonSerializer.Serialize(value, Indented))}</pre></details>");

    private void Row(string head, string text) => _html.Append($"<tr><th>{head}</th><td>{text}</td></tr>");

    private JsonElement Resolve(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("$ref", out var reference))
            return element;
        var found = _document;
        foreach (var name in reference.GetString()!.Split('/').Skip(1))
            found = found.GetProperty(name);
        return found;
    }

    private static string Type(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return "";
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = Encode(reference.GetString()!.Split('/')[^1]);
            return $"<a href=\"#{name}\">{name}</a>";
        }

        if (!schema.TryGetProperty("type", out var type))
            return "any";
        var text = type.ValueKind == JsonValueKind.Array ? string.Join(" or ", type.EnumerateArray().Select(one => one.GetString())) : type.GetString()!;
        return schema.TryGetProperty("items", out var items) ? $"{Encode(text)} of {Type(items)}" : Encode(text);
    }

    private static string Rules(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return "";
        var rules = Bounds.Where(name => schema.TryGetProperty(name, out _)).Select(name => $"{name} <code>{Encode(schema.GetProperty(name).ToString())}</code>").ToList();
        if (schema.TryGetProperty("enum", out var values))
            rules.Add(string.Join(' ', values.EnumerateArray().Select(value => $"<code>{Encode(value.ToString())}</code>")));
        return rules.Count == 0 ? "" : $"<span class=\"note\">{string.Join(", ", rules)}</span>";
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var text) ? text.GetString()! : "";

    /// <summary>Text with <c>`code`</c> in it.</summary>
    private static string Prose(string text)
    {
        var html = new StringBuilder();
        var parts = text.Split('`');
        for (var i = 0; i < parts.Length; i++)
            html.Append(i % 2 == 1 ? $"<code>{Encode(parts[i])}</code>" : Encode(parts[i]));
        return html.ToString();
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
