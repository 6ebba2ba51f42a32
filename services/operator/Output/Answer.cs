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

    private bool IsTerminal => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Writes the document.</summary>
    public Task JsonAsync(Action<Utf8JsonWriter> write) => JsonAsync(write, Options);

    /// <summary>Writes one document of many, on a line of its own.</summary>
    public Task JsonLineAsync(Action<Utf8JsonWriter> write) => JsonAsync(write, Options with { Indented = false });

    /// <summary>Writes one of many views of the same thing for people: in the place of the one before where it is a terminal, else below it.</summary>
    /// <param name="title">Its first line.</param>
    /// <param name="write">Writes the rest.</param>
    public async Task FrameAsync(string title, Func<Answer, Task> write)
    {
        // Written whole and at once, so that nobody sees half a view.
        using var frame = new StringWriter();
        await frame.WriteLineAsync(title);
        await write(new Answer(frame, isJson: false));
        var text = frame.ToString();
        // To the upper left; each line cleared to its end, and what the view before had below.
        await output.WriteAsync(IsTerminal ? "\u001b[H" + text.Replace("\n", "\u001b[K\n", StringComparison.Ordinal) + "\u001b[J" : text + Environment.NewLine);
        await output.FlushAsync();
    }

    private async Task JsonAsync(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, options))
            write(writer);
        await output.WriteLineAsync(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Writes one line for people, or several.</summary>
    public Task LineAsync(string text) => output.WriteLineAsync(TerminalText.Of(text, keepLines: true));

    /// <summary>Writes a table for people.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var isTerminal = IsTerminal;
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
            table.AddRow(row.Select(static cell => new Text(TerminalText.Of(cell ?? "", keepLines: false))));
        console.Write(table);
    }
}
