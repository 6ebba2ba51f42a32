using System.Text.Json.Serialization;

namespace CustomEvents.Hosting.Health;

/// <summary>The body of <c>/healthz/ready</c>.</summary>
/// <param name="Status"><c>ready</c>; <c>degraded</c>, which is ready too, where something has a problem that the service can work without; or <c>not ready</c>.</param>
/// <param name="Sources">Every part and its problem.</param>
internal sealed record ReadyAnswer(string Status, IReadOnlyList<SourceHealth> Sources)
{
    private const string NotReady = "not ready";

    [JsonIgnore]
    public bool IsReady => Status != NotReady;

    public static ReadyAnswer Of(IReadOnlyList<SourceHealth> sources) =>
        new(StatusOf(sources), sources);

    private static string StatusOf(IReadOnlyList<SourceHealth> sources)
    {
        var status = "ready";
        foreach (var source in sources)
        {
            if (source.Problem is null)
                continue;
            if (source.IsRequired)
                return NotReady;
            status = "degraded";
        }

        return status;
    }
}
