using System.Net;
using System.Text.Json;

namespace CustomEvents.Tests.Contract.Driving;

/// <summary>An answer of the API, wholly read.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">All headers, several of a name joined by commas.</param>
/// <param name="Body">Its body.</param>
public sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The problem's <c>errors</c>, as <c>pointer code</c>.</summary>
    public IEnumerable<string> Errors => Texts(Json.GetProperty("errors"));

    internal static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            headers[name] = string.Join(", ", values);
        return new Answer(response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    internal static IEnumerable<string> Texts(JsonElement errors) =>
        errors.EnumerateArray().Select(static error => $"{error.GetProperty("pointer").GetString()} {error.GetProperty("code").GetString()}".TrimStart());

    /// <inheritdoc />
    public override string ToString() => $"{(int)Status} {Body}";
}
