using System.Diagnostics;
using System.Text.Json;
using CustomEvents.Tests.Contract.Deployments;

namespace CustomEvents.Tests.Contract.Driving;

/// <summary>One run of the operator's command line, or of another program that ends by itself, after its end.</summary>
/// <param name="ExitCode">0 done, 1 failed, 2 wrong usage.</param>
/// <param name="Output">Its stdout.</param>
/// <param name="Error">Its stderr.</param>
public sealed record OperatorRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The one document that <c>--json</c> prints.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    internal static Task<OperatorRun> OfAsync(string[] arguments, IReadOnlyDictionary<string, string> settings) => OfAsync("events", arguments, settings);

    internal static async Task<OperatorRun> OfAsync(
        string program, string[] arguments, IReadOnlyDictionary<string, string> settings, string? workingDirectory = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(ProgramFile.Of(program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        Environments.Prepare(start.Environment, settings);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var ended = new CancellationTokenSource(limit ?? Limit);
        try
        {
            await process.WaitForExitAsync(ended.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new AssertionException($"{program} {string.Join(' ', arguments)} did not end within {limit ?? Limit}.\n{await error}");
        }

        return new OperatorRun(process.ExitCode, await output, await error);
    }
}
