using System.Text;
using System.Text.Json;

namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>An answer as it came over the wire.</summary>
public sealed record RawAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>A header's value; null where it is absent, joined where it stands there more than once.</summary>
    public string? this[string name]
    {
        get
        {
            var values = Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToArray();
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The errors as <c>code pointer</c>, in order.</summary>
    public string[] Errors => [.. Json.GetProperty("errors").EnumerateArray()
        .Select(e => $"{e.GetProperty("code").GetString()} {e.GetProperty("pointer").GetString()}")];

    public override string ToString() =>
        $"{Status}\n{string.Join('\n', Headers.Select(h => $"{h.Key}: {h.Value}"))}\n\n{(Text.Length > 500 ? Text[..500] : Text)}";
}
