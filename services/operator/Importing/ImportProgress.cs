using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CustomEvents.Operator.Importing;

/// <summary>Shows how far an import is on stderr: a bar where that is a terminal, else a line now and then.</summary>
internal static class ImportProgress
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Shows it until the work is done.</summary>
    public static Task ShowAsync(TextWriter error, ImportFigures figures, Task work, TimeProvider time) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected ? DrawAsync(error, figures, work, time) : TellAsync(error, figures, work, time);

    private static Task DrawAsync(TextWriter error, ImportFigures figures, Task work, TimeProvider time)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        var bar = new ProgressBarColumn { Width = Math.Clamp(console.Profile.Width / 4, 1, 40) };
        return console.Progress().Columns(bar, new PercentageColumn(), new FiguresColumn(figures, bar)).StartAsync(async context =>
        {
            var task = context.AddTask("import", maxValue: Math.Max(1, figures.TotalBytes));
            while (!work.IsCompleted)
            {
                task.Value = figures.Bytes;
                await Task.WhenAny(work, Task.Delay(RedrawEvery, time));
            }

            task.Value = figures.Bytes;
        });
    }

    private static async Task TellAsync(TextWriter error, ImportFigures figures, Task work, TimeProvider time)
    {
        while (await Task.WhenAny(work, Task.Delay(LineEvery, time)) != work)
        {
            var percent = figures.TotalBytes == 0 ? 100 : 100.0 * figures.Bytes / figures.TotalBytes;
            await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{percent:0}%: {figures.Tell()}"));
        }
    }

    /// <summary>As much of the figures as a line has room for: what wraps is drawn anew below itself.</summary>
    private sealed class FiguresColumn(ImportFigures figures, ProgressBarColumn bar) : ProgressColumn
    {
        // The percentage, and blanks between and behind the columns.
        private const int Others = 8;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var text = figures.Tell();
            var room = Math.Max(1, options.ConsoleSize.Width - (bar.Width ?? 0) - Others);
            return new Text(text.Length <= room ? text : text[..(room - 1)] + "…");
        }
    }
}
