using System.Text.Json.Serialization;

namespace CustomEvents.Hosting.Health;

/// <summary>The body of <c>/healthz/ready</c>.</summary>
/// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
/// <param name="Sources">Every part and its problem.</param>
internal sealed record ReadyAnswer(string Status, IReadOnlyList<SourceHealth> Sources)
{
    [JsonIgnore]
    public bool IsReady => Status == "ready";

    public static ReadyAnswer Of(IReadOnlyList<SourceHealth> sources) =>
        new(sources.All(static source => source.Problem is null) ? "ready" : "not ready", sources);
}
