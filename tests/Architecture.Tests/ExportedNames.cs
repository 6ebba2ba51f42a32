using System.Text.RegularExpressions;

namespace CustomEvents.Tests.Architecture;

/// <summary>What the code measures, as its sources say, under the names that Prometheus gives it.</summary>
internal static partial class ExportedNames
{
    private static readonly string Sources = string.Join('\n', Checkout.Sources("shared", "services").Select(Checkout.Read));

    /// <summary>The metrics of the code, by their names in OpenTelemetry.</summary>
    public static IReadOnlyDictionary<string, string> Metrics { get; } = Instruments().ToDictionary(one => one.Name, one => one.Exported, StringComparer.Ordinal);

    /// <summary>Names of series: histograms have three each.</summary>
    public static IReadOnlySet<string> Series { get; } = Instruments()
        .SelectMany(one => one.IsHistogram ? new[] { "_bucket", "_sum", "_count" }.Select(part => one.Exported + part) : [one.Exported])
        // Of Prometheus and of ASP.NET Core.
        .Concat(["up", "http_server_request_duration_seconds_bucket"]).ToHashSet(StringComparer.Ordinal);

    /// <summary>Names of labels.</summary>
    public static IReadOnlySet<string> Labels { get; } = Tag().Matches(Sources).Select(match => match.Groups[1].Value.Replace('.', '_'))
        .Concat(["http_response_status_code"]).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<(string Name, string Exported, bool IsHistogram)> Instruments() => Instrument().Matches(Sources).Select(match =>
    {
        var kind = match.Groups["kind"].Value;
        var unit = match.Groups["unit"].Value switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = match.Groups["name"].Value;
        return (name, name.Replace('.', '_') + unit + (kind == "Counter" ? "_total" : ""), kind == "Histogram");
    });

    [GeneratedRegex("""Create(?<kind>\w+?)(?:<\w+>)?\(\s*"(?<name>[a-z_.]+)",\s*(?:\(\) => (?:(?!\.Create).)+?,\s*)?"(?<unit>s|By|1|\{\w+\})",""", RegexOptions.Singleline)]
    private static partial Regex Instrument();

    [GeneratedRegex("""(?:new(?: KeyValuePair<string, object\?>)?\(|SetTag\()"([a-z_]+(?:\.[a-z_]+)+)",""")]
    private static partial Regex Tag();
}
