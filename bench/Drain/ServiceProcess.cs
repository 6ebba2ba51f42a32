using System.Diagnostics;
using System.Globalization;

namespace CustomEvents.Bench.Drain;

/// <summary>A service of the pipeline as a process of its own, with what it used of the machine.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly Process _process;
    private readonly int _port;

    public ServiceProcess(string name, int port, IReadOnlyDictionary<string, string> settings)
    {
        Name = name;
        _port = port;
        var path = Path.GetFullPath(Path.Combine("artifacts", "publish", name, name));
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} is missing: run `make build` first.");
        Directory.CreateDirectory(Path.Combine("artifacts", "bench"));
        Log = Path.Combine("artifacts", "bench", name + ".log");
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec '{path}' >'{Path.GetFullPath(Log)}' 2>&1"]);
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        _process = Process.Start(start)!;
    }

    public string Name { get; }

    public string Log { get; }

    /// <summary>Processor time since it began, user and system, from the kernel.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory it held, from the kernel.</summary>
    public double PeakMegabytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    public async Task WaitUntilReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}; see {Log}.");
            try
            {
                using var answer = await Http.GetAsync(new Uri($"http://127.0.0.1:{_port}/healthz/ready"));
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                // not listening yet
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"{Name} was not ready within 60 s; see {Log}.");
    }

    /// <summary>Holds it, so that a backlog can be made while it is warm.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("CONT");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Resume();
            Signal("TERM");
            if (!_process.WaitForExit(25_000))
                _process.Kill();
        }

        _process.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
