using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CustomEvents.Bench.Drain;

/// <summary>A figure beside its floor; without a bar it is only told.</summary>
internal sealed record Row(string Name, double Value, string Unit, double? Floor = null, double? Ratio = null, string? Bar = null, bool? Met = null);

/// <summary>Prints the table, and writes it as Markdown and JSON under <c>bench/results</c>.</summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(string name, IReadOnlyList<Row> rows)
    {
        var machine = Machine();
        var table = new StringBuilder();
        table.AppendLine(CultureInfo.InvariantCulture, $"Machine: {machine}").AppendLine();
        table.AppendLine("| what | value | floor | ratio | bar | met |").AppendLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var row in rows)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {Text(row.Value)} {row.Unit} | {Text(row.Floor)} | {Text(row.Ratio)} | {row.Bar} | {row.Met switch { true => "yes", false => "no", null => "" }} |");
        }

        Console.WriteLine(table);
        var folder = Path.Combine("bench", "results");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".md"), table.ToString());
        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(new { machine, rows }, Json) + "\n");
    }

    private static string Text(double? value) => value is { } number
        ? number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture)
        : "";

    private static string Machine()
    {
        var cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores ({cpu ?? "unknown"}), {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}; servers and load on the same machine");
    }
}
