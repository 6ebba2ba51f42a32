using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace CustomEvents.Operator.Output;

/// <summary>A command's result: one JSON document, or a small table for people, which is plain text where nobody's terminal takes it.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="isJson">Whether it is a document.</param>
/// <param name="width">How many columns there are, where what is for people has to be broken into them.</param>
internal sealed class Answer(TextWriter output, bool isJson, int? width = null)
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
        var screen = IsTerminal ? NewConsole().Profile : null;
        await frame.WriteLineAsync(title);
        await write(new Answer(frame, isJson: false, screen?.Width));
        var text = frame.ToString();
        if (screen is not null)
        {
            // To the upper left; each line cleared to its end, and what the view before had below.
            text = "\u001b[H" + string.Concat(Fitting(text.TrimEnd().Split('\n'), screen.Height).Select(static line => line + "\u001b[K\n")) + "\u001b[J";
        }

        await output.WriteAsync(screen is null ? text + Environment.NewLine : text);
        await output.FlushAsync();
    }

    /// <summary>What a screen has room for, above the cursor's line: more would scroll, and the next view be drawn over half of this one.</summary>
    internal static IEnumerable<string> Fitting(string[] lines, int height)
    {
        var room = Math.Max(2, height - 1);
        return lines.Length <= room ? lines : lines.Take(room - 1).Append($"... {lines.Length - room + 1} more lines do not fit here");
    }

    private async Task JsonAsync(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(buffer, options))
            write(writer);
        await output.WriteLineAsync(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Writes one line for people, or several.</summary>
    public Task LineAsync(string text)
    {
        text = TerminalText.Of(text, keepLines: true);
        if (width is null)
            return output.WriteLineAsync(text);
        NewConsole().WriteLine(text);
        return Task.CompletedTask;
    }

    /// <summary>Writes a table for people.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows)
    {
        var table = new Table { Border = IsTerminal ? TableBorder.Rounded : TableBorder.None };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column)));
        foreach (var row in rows)
            table.AddRow(row.Select(static cell => new Text(TerminalText.Of(cell ?? "", keepLines: false))));
        NewConsole().Write(table);
    }

    private IAnsiConsole NewConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!IsTerminal)
            console.Profile.Width = width ?? 4096;
        return console;
    }
}
