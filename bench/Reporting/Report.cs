using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Reporting;

/// <summary>Collects the rows of a run, prints the table, and writes it as Markdown and JSON.</summary>
internal sealed class Report(BenchOptions options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Row> _rows = [];
    private readonly List<string> _notes = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly double _loadBefore = Machine.LoadAverage;

    /// <summary>Whether every measurement that was begun gave its rows.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Makes a measurement; one that fails is told and leaves the others standing.</summary>
    public async Task MeasureAsync(string name, string title, string? lacking, Func<Task<IReadOnlyList<Row>>> measure)
    {
        if (options.Only.Count > 0 && !options.Only.Contains(name))
            return;
        if (lacking is not null)
        {
            Note($"Left out: {title}, which needs {lacking}.");
            return;
        }

        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"[{_watch.Elapsed:mm\\:ss}] {title}"));
        try
        {
            var rows = await measure();
            _rows.AddRange(rows);
            foreach (var row in rows)
                await Console.Error.WriteLineAsync("        " + Line(row));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            IsWhole = false;
            _rows.Add(new Row(title, null, "", Met: false));
            Note($"Failed: {title}: {failure.GetType().Name}: {failure.Message}");
            await Console.Error.WriteLineAsync(failure.ToString());
        }
    }

    /// <summary>Prints and writes it.</summary>
    public void Write(string name)
    {
        var machine = string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {_loadBefore:0.0} before the run, {_watch.Elapsed.TotalMinutes:0.0} minutes{(options.Scale == 1 ? "" : $", at {options.Scale} of the full size")}");
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Machine: {machine}.").AppendLine();
        if (options.Scale != 1)
            text.AppendLine(CultureInfo.InvariantCulture, $"At {options.Scale} of the full size: these figures show that everything works, and no more.").AppendLine();
        text.AppendLine("| what | value | floor | ratio | bar | met |").AppendLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var row in _rows)
            text.AppendLine(Line(row));
        foreach (var note in _notes)
            text.AppendLine().AppendLine(note);
        Console.WriteLine(text);
        Directory.CreateDirectory(options.Results);
        File.WriteAllText(Path.Combine(options.Results, name + ".md"), text.ToString());
        File.WriteAllText(Path.Combine(options.Results, name + ".json"), JsonSerializer.Serialize(new { machine, rows = _rows, notes = _notes }, Json) + "\n");
    }

    private static string Line(Row row) =>
        $"| {row.Name} | {(row.Value is null ? "failed" : $"{Text(row.Value)} {row.Unit}")} | {Text(row.Floor)} | {row.Ratio?.ToString("0.00#", CultureInfo.InvariantCulture)} | {row.Bar} | {row.Met switch { true => "yes", false => "no", null => "" }} |";

    private static string Text(double? value) => value is { } number
        ? number.ToString(Math.Abs(number) >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture)
        : "";

    private void Note(string note)
    {
        _notes.Add(note);
        Console.Error.WriteLine(note);
    }
}
