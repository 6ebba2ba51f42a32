using System.Diagnostics;
using System.Text.Json;

namespace CustomEvents.Bench.Running;

/// <summary>This program in another role, as a process of its own: what makes load or writes a floor shares no heap and no threads with what measures.</summary>
internal static class ChildProcess
{
    public const string LoadRole = "load";
    public const string HttpFloorRole = "http-floor";
    public const string MongoFloorRole = "mongo-floor";
    public const string CopyFloorRole = "copy-floor";
    public const string LogFloorRole = "log-floor";
    public const string RowsFloorRole = "rows-floor";
    public const string ParseRole = "parse-alone";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>How to start it.</summary>
    public static (string Program, string[] Arguments) Command(params string[] arguments) =>
        (Environment.ProcessPath!, Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [typeof(ChildProcess).Assembly.Location, .. arguments]
            : arguments);

    /// <summary>Runs it to its end: what it is told goes to its input, for arguments are seen by all of the machine; its result is the last line of its output.</summary>
    public static async Task<TResult> RunAsync<TSpec, TResult>(string role, TSpec spec)
    {
        var (program, arguments) = Command(role);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(spec));
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{role} ended with {process.ExitCode}: {(await errors).Split('\n')[0]}");
            return JsonSerializer.Deserialize<TResult>((await output).TrimEnd().Split('\n')[^1])!;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>The other side of <see cref="RunAsync"/>.</summary>
    public static async Task<int> AnswerAsync<TSpec, TResult>(Func<TSpec, Task<TResult>> work)
    {
        try
        {
            var result = await work(JsonSerializer.Deserialize<TSpec>((await Console.In.ReadLineAsync())!)!);
            Console.WriteLine();
            Console.WriteLine(JsonSerializer.Serialize(result));
            return 0;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync(failure.ToString());
            return 1;
        }
    }
}
