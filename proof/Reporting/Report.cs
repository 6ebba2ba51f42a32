using System.Globalization;
using System.Text;
using System.Text.Json;
using CustomEvents.Proof.Auditing;

namespace CustomEvents.Proof.Reporting;

/// <summary>Writes the results as Markdown and as JSON.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private static readonly Count[] Counts = Enum.GetValues<Count>();

    /// <summary>Writes both files.</summary>
    /// <param name="file">The path without its ending.</param>
    /// <param name="options">What was run.</param>
    /// <param name="results">What became of it.</param>
    public static async Task WriteAsync(string file, ProofOptions options, IReadOnlyList<FaultResult> results)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
            Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(file + ".md", Markdown(options, results));
        await File.WriteAllTextAsync(file + ".json", JsonSerializer.Serialize(Document(options, results), Json) + "\n");
    }

    /// <summary>A line for the terminal.</summary>
    public static string Line(FaultResult result) => result.Findings is not { } findings
        ? $"{result.Name}: {result.Status}{(result.NotRun is null ? "" : $", {result.NotRun}")}"
        : $"{result.Name}: {result.Status} in {Seconds(result.Took)} s: {findings.Accepted} accepted, {findings.Stored} stored, " +
            $"{string.Join(", ", Counts.Select(count => $"{findings[count]} {Name(count)}"))}; recovered in {Worst(result)} s";

    private static string Markdown(ProofOptions options, IReadOnlyList<FaultResult> results)
    {
        var text = new StringBuilder("# The fault matrix\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Machine.Describe()}.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Setting(options)}\n\n");
        text.Append("| fault | accepted | unknown | duplicates | rejections | stored | lost | doubled | misordered | misattributed | unindexed | altered | seconds to recover: worst (median of) | |\n");
        text.Append("| --- |").Append(string.Concat(Enumerable.Repeat(" ---: |", 11))).Append(" --- | --- |\n");
        foreach (var result in results)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{result.Name}`: {result.What} |");
            if (result.Findings is { } findings)
            {
                text.Append(CultureInfo.InvariantCulture, $" {findings.Accepted} | {findings.Unknown} | {findings.Duplicates} | {findings.Rejections} | {findings.Stored} |");
                text.Append(string.Concat(Counts.Select(count => $" {findings[count]} |")));
                text.Append(CultureInfo.InvariantCulture, $" {Worst(result)} ({Median(result)} of {result.Recoveries.Count}) |");
            }
            else
            {
                text.Append(string.Concat(Enumerable.Repeat(" |", 12)));
            }

            text.Append(CultureInfo.InvariantCulture, $" {string.Join("; ", [result.NotRun is null ? result.Status : $"not run: {result.NotRun}", .. result.Notes, .. result.Failures])} |\n");
        }

        text.Append("\n- **accepted**: valid events that got a 202 or were acknowledged by Kafka; **unknown**: those whose sender was told nothing, or that nothing is known (at most once stored).\n");
        text.Append("- **duplicates**: a `uniqueId` or an event id that another event had before; dropped. **rejections**: invalid events, each listed once.\n");
        text.Append("- **lost** to **altered** compare ledger, raw topic and stored data with a model that reads the log once, and have to be 0.\n");
        text.Append("- **seconds to recover**: from the end of the fault until, of every store, an event that is sent then is stored, and so everything before it; the load goes on meanwhile.\n");
        foreach (var result in results.Where(static result => result.Findings is { AreNone: false } || result.Failures.Count > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {result.Name}: {result.Status}\n\n");
            foreach (var line in result.Failures.Concat(result.Findings?.Examples ?? []))
                text.Append(CultureInfo.InvariantCulture, $"- {line.ReplaceLineEndings(" ")}\n");
        }

        return text.ToString();
    }

    private static object Document(ProofOptions options, IReadOnlyList<FaultResult> results) => new
    {
        Machine = Machine.Describe(),
        Setting = Setting(options),
        Passed = results.Count(static result => result.Status == "passed"),
        Failed = results.Count(static result => result.Status == "failed"),
        NotRun = results.Count(static result => result.Status == "not run"),
        Faults = results.Select(result => new
        {
            result.Name,
            result.What,
            result.Status,
            result.NotRun,
            result.Findings?.Accepted,
            result.Findings?.Unknown,
            result.Findings?.Duplicates,
            result.Findings?.Rejections,
            result.Findings?.Stored,
            Wrong = result.Findings is { } findings ? Counts.ToDictionary(Name, count => findings[count]) : null,
            SecondsToRecover = result.Recoveries.Select(static one => Math.Round(one.TotalSeconds, 1)),
            Seconds = Math.Round(result.Took.TotalSeconds, 1),
            result.Notes,
            result.Failures,
            Examples = result.Findings?.Examples,
        }),
    };

    private static string Setting(ProofOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Kafka.Split(',').Length} broker(s), {options.Stores} stores, {options.Rate} events a second, {Running.Deployment.Partitions} partitions, session timeout {Running.Deployment.SessionTimeout.TotalSeconds} s, seed {options.Seed}{(options.IsQuick ? ", quick" : "")}.");

    private static string Name(Count count) => count.ToString().ToLowerInvariant();

    private static string Worst(FaultResult result) => result.Recoveries.Count == 0 ? "-" : Seconds(result.Recoveries.Max());

    private static string Median(FaultResult result) => result.Recoveries.Count == 0 ? "-" : Seconds(result.Recoveries.Order().ElementAt(result.Recoveries.Count / 2));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
