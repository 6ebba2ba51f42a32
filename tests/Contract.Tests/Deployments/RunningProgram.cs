using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>A service that runs as a process of its own, on a port that was free.</summary>
public sealed partial class RunningProgram : IDisposable
{
    private const int KeptLines = 200;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private readonly string _name;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string _directory;
    private readonly Queue<string> _lines = [];
    private readonly StreamWriter _output;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private RunningProgram(string name, IReadOnlyDictionary<string, string> settings, string directory)
    {
        _name = name;
        _settings = settings;
        _directory = directory;
        _output = new StreamWriter(OutputFile, append: true) { AutoFlush = true };
        var start = new ProcessStartInfo(ProgramFile.Of(name))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        Environments.Prepare(start.Environment, settings);
        // Port 0: the system chooses one that is free, and the log says which.
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"{_name} ended with {_process.ExitCode}.\n{Logs}"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it answers.</summary>
    public Uri Address => _address.Task.IsCompletedSuccessfully ? _address.Task.GetAwaiter().GetResult() : throw new InvalidOperationException($"{_name} does not listen.");

    /// <summary>Where it answers over TLS, where it does.</summary>
    public Uri? SecureAddress { get; private set; }

    /// <summary>Everything that it said, also before a restart.</summary>
    public string OutputFile => Path.Combine(_directory, _name + ".log");

    /// <summary>What it said last, warnings and worse.</summary>
    public string Logs
    {
        get
        {
            lock (_lines)
                return $"--- {_name}\n" + string.Join('\n', _lines);
        }
    }

    /// <summary>Starts one and waits until it listens.</summary>
    public static async Task<RunningProgram> StartAsync(string name, IReadOnlyDictionary<string, string> settings, string directory)
    {
        var program = new RunningProgram(name, settings, directory);
        try
        {
            await program._address.Task.WaitAsync(StartLimit);
            return program;
        }
        catch (Exception failure)
        {
            var logs = program.Logs;
            program.Dispose();
            throw new InvalidOperationException($"{name} did not start: {failure.Message}\n{logs}", failure);
        }
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task BecomeReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri("/healthz/ready", UriKind.Relative));
                    return answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync();
                }
                catch (HttpRequestException away)
                {
                    return away.Message;
                }
            },
            () => $"{_name} is not ready.\n{Logs}",
            StartLimit);
    }

    /// <summary>SIGKILL, and the same program again.</summary>
    public async Task<RunningProgram> KillAndRestartAsync()
    {
        Dispose();
        return await StartAsync(_name, _settings, _directory);
    }

    /// <summary>SIGKILL.</summary>
    public void Dispose()
    {
        // Its end is no news any more.
        _process.EnableRaisingEvents = false;
        Kill();
        _process.WaitForExit(10_000);
        _process.Dispose();
        lock (_lines)
            _output.Dispose();
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

    private void Take(string? line)
    {
        if (line is null)
            return;
        if (Listening().Match(line) is { Success: true } match)
        {
            var address = new Uri(match.Groups[1].Value);
            if (address.Scheme == Uri.UriSchemeHttps)
                SecureAddress = address;
            else
                _address.TrySetResult(address);
        }

        lock (_lines)
        {
            if (_output.BaseStream.CanWrite)
                _output.WriteLine(line);
            // What goes well explains no failure.
            if (Uneventful().IsMatch(line))
                return;
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }
    }

    [GeneratedRegex(@"Now listening on: (https?://\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(" (info|dbug|trce): ")]
    private static partial Regex Uneventful();
}
