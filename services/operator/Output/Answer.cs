using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace CustomEvents.Operator.Output;

/// <summary>A command's result: one JSON document, or a small table for people, which is plain text where nobody's terminal takes it.</summary>
internal sealed class Answer(TextWriter output, bool isJson)
{
    // Names of events and customers are shown as they are; the output is no HTML.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool IsJson => isJson;

    /// <summary>Writes the document.</summary>
    public async Task JsonAsync(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        await output.WriteLineAsync(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Writes one line for people.</summary>
    public Task LineAsync(string text) => output.WriteLineAsync(text);

    /// <summary>Writes a table for people.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
            console.Profile.Width = 4096;
        var table = new Table { Border = isTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)));
        foreach (var row in rows)
            table.AddRow(row.Select(static cell => new Text(Shown(cell))));
        console.Write(table);
    }

    // Keys, names and details come from whoever sends events: their control characters would command the operator's terminal.
    private static string Shown(string? cell)
    {
        if (cell is null || !cell.Any(char.IsControl))
            return cell ?? "";
        return string.Concat(cell.Select(static c => char.IsControl(c) ? '\uFFFD' : c));
    }
}
