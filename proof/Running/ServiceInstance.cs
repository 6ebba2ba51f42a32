using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CustomEvents.Proof.Running;

/// <summary>A service as a process of its own, on a port that was free.</summary>
internal sealed partial class ServiceInstance : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    // What begins so would configure the services otherwise than the run does.
    private static readonly string[] Sections = ["Kafka__", "MongoDb__", "SchemaRegistry__", "Redis__", "RateLimit__", "Ingest__", "Stage__", "Embedded__", "ASPNETCORE_", "OTEL_", "Logging__"];
    private static readonly string[] Variables = ["INGEST_PORT"];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StreamWriter _log;
    private readonly Process _process;

    private ServiceInstance(string name, string program, IReadOnlyDictionary<string, string> settings, string log)
    {
        Name = name;
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        _log = new StreamWriter(log, append: false) { AutoFlush = true };
        _process = new Process { StartInfo = Start(program, settings), EnableRaisingEvents = true };
        _process.StartInfo.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"{name} ended while it started; see {log}."));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Which service it is.</summary>
    public string Name { get; }

    /// <summary>Where it answers; null while it does not listen, and after its end.</summary>
    public Uri? Address => _address.Task.IsCompletedSuccessfully && !IsGone ? _address.Task.GetAwaiter().GetResult() : null;

    private bool IsGone { get; set; }

    /// <summary>What a program of the pipeline is started with: the machine's environment without settings of a pipeline, and the run's own.</summary>
    public static ProcessStartInfo Start(string program, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => Variables.Contains(name) || Sections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<ServiceInstance> StartAsync(string name, string program, IReadOnlyDictionary<string, string> settings, string log)
    {
        var instance = new ServiceInstance(name, program, settings, log);
        try
        {
            await instance._address.Task.WaitAsync(StartLimit);
            return instance;
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    /// <summary>Waits until it says that it does its work.</summary>
    public async Task BecomeReadyAsync()
    {
        var since = Stopwatch.StartNew();
        while (Address is { } address)
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri(address, "/healthz/ready"));
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
            {
                // Not yet.
            }

            if (since.Elapsed > StartLimit)
                throw new TimeoutException($"{Name} was not ready within {StartLimit.TotalSeconds} s.");
            await Task.Delay(100);
        }

        throw new InvalidOperationException($"{Name} ended before it was ready.");
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>How it ended: 0 in good order.</returns>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        var code = _process.ExitCode;
        Dispose();
        return code;
    }

    /// <summary>SIGSTOP: it hangs, and keeps its connections.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT.</summary>
    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>SIGKILL.</summary>
    public void Dispose()
    {
        if (IsGone)
            return;
        IsGone = true;
        _process.EnableRaisingEvents = false;
        Kill();
        _process.WaitForExit(10_000);
        _process.Dispose();
        lock (_log)
            _log.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended before, or is disposed.
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private void Take(string? line)
    {
        if (line is null || IsGone)
            return;
        if (Listening().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        lock (_log)
        {
            if (!IsGone)
                _log.WriteLine(line);
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
