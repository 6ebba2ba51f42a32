using System.Globalization;

namespace CustomEvents.Tests.Sqlite;

/// <summary>A process that appends to a data folder, tells what was acknowledged, and is killed.</summary>
internal static class AppendingProcess
{
    public const string Topic = "crash";

    /// <param name="args">The data folder.</param>
    public static async Task Main(string[] args)
    {
        using var folder = OpenFolder.Pipeline(args[0]);
        var next = 0;
        // Eight at a time, so that transactions hold several appends.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (true)
            {
                var value = Interlocked.Increment(ref next).ToString(CultureInfo.InvariantCulture);
                await folder.AppendAsync(Topic, value);
                Console.Out.WriteLine(value);
                await Console.Out.FlushAsync();
            }
        }));
    }
}
