using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CustomEvents.Bench.Running;

/// <summary>A program that serves HTTP, as a process of its own on a free port, with what it used of the machine.</summary>
internal sealed partial class ServiceProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    // What begins so would configure the services otherwise than the run does.
    private static readonly string[] Sections =
        ["Kafka__", "MongoDb__", "SchemaRegistry__", "Redis__", "RateLimit__", "Ingest__", "Stage__", "Embedded__", "ASPNETCORE_", "OTEL_", "Logging__", "INGEST_PORT", "SCHEMA_REGISTRY_URL", "REDIS_URL"];

    private static int s_started;

    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly string _log;
    private readonly StreamWriter _lines;

    private ServiceProcess(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        Name = name;
        Directory.CreateDirectory(Path.Combine("artifacts", "bench"));
        // Each start has a file of its own, in their order: what a failure names is still there at the end of the run.
        _log = Path.Combine("artifacts", "bench", string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref s_started):00}-{name}.log"));
        _lines = new StreamWriter(_log, append: false) { AutoFlush = true };
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(key => Sections.Any(section => key.StartsWith(section, StringComparison.OrdinalIgnoreCase))).ToArray())
            start.Environment.Remove(variable);
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"{name} ended while it started; see {_log}."));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; private set; } = null!;

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
    public double PeakMegabytes => Machine.MegabytesOf(_process.Id, "VmHWM");

    /// <summary>The memory it holds, from the kernel.</summary>
    public double Megabytes => Machine.MegabytesOf(_process.Id, "VmRSS");

    /// <summary>Starts a program of <c>make build</c>, and waits until it is ready.</summary>
    public static async Task<ServiceProcess> StartAsync(string name, string programs, IReadOnlyDictionary<string, string> settings)
    {
        var path = Path.GetFullPath(Path.Combine(programs, name, name));
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} is missing: run `make build` first.");
        return await StartAsync(new ServiceProcess(name, path, [], settings), "/healthz/ready");
    }

    /// <summary>Starts this program in another role.</summary>
    public static Task<ServiceProcess> StartRoleAsync(string role, string argument)
    {
        var (program, arguments) = ChildProcess.Command(role, argument);
        return StartAsync(new ServiceProcess(role, program, arguments, new Dictionary<string, string>()), HttpPaths.Ready);
    }

    /// <summary>What stands at one of its paths.</summary>
    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri(Address, path));

    /// <summary>Fails where it is gone.</summary>
    public void Check()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}; see {_log}.");
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
                Kill();
        }

        _process.Dispose();
        lock (_lines)
            _lines.Dispose();
    }

    private static async Task<ServiceProcess> StartAsync(ServiceProcess service, string readyPath)
    {
        try
        {
            var watch = Stopwatch.StartNew();
            service.Address = await service._address.Task.WaitAsync(StartLimit);
            while (true)
            {
                service.Check();
                try
                {
                    using var answer = await Http.GetAsync(new Uri(service.Address, readyPath));
                    if (answer.IsSuccessStatusCode)
                        return service;
                }
                catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
                {
                    // it is busy with its start
                }

                if (watch.Elapsed > StartLimit)
                    throw new TimeoutException($"{service.Name} was not ready within {StartLimit.TotalSeconds} s; see {service._log}.");
                await Task.Delay(100);
            }
        }
        catch
        {
            service.Dispose();
            throw;
        }
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        if (Listening().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        lock (_lines)
        {
            if (_lines.BaseStream is { CanWrite: true })
                _lines.WriteLine(line);
        }
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

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
