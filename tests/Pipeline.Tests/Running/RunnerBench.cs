using System.Diagnostics;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Running;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomEvents.Tests.Pipeline.Running;

/// <summary>Runners over a log in memory, with pauses short enough for a test.</summary>
internal sealed class RunnerBench : IAsyncDisposable
{
    public const string Input = "in";
    public const string Output = "out";
    public const string Group = "group";
    private readonly List<(StageRunner Runner, CancellationTokenSource Stop, Task Task)> _runs = [];
    private readonly int _partitions;

    public RunnerBench(int partitions = 1)
    {
        _partitions = partitions;
        Log = new MemoryLog(partitions);
    }

    public MemoryLog Log { get; }

    public ScriptedStage Stage { get; } = new(Output);

    public TopicNames Topics { get; } = new() { Raw = Input, Normalized = Output, Rejected = "rejected" };

    public StageOptions Options { get; } = new()
    {
        MinBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(4),
        CommitInterval = TimeSpan.FromMilliseconds(1),
        PollTimeout = TimeSpan.FromMilliseconds(5),
        MaxBatchAge = TimeSpan.Zero,
        RevocationTimeout = TimeSpan.FromSeconds(5),
        ShutdownTimeout = TimeSpan.FromSeconds(5),
    };

    public IReadOnlyList<string> Produced => [.. Log.Read(Output).Select(r => Bytes.Text(r.Value)!)];

    public IReadOnlyList<string> Rejected => [.. Log.Read(Topics.Rejected).Select(r => Bytes.Text(r.Value)!)];

    public static async Task Until(string what, Func<bool> condition, Func<string>? seen = null)
    {
        for (var clock = Stopwatch.StartNew(); !condition();)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
                Assert.Fail($"Waited 20 s for: {what}. Seen last: {seen?.Invoke()}");
            await Task.Delay(1);
        }
    }

    public static string[] Numbers(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i => $"{i:0000}")];

    public StageRunner Start(TimeProvider? time = null, IStage? stage = null, ILogger<StageRunner>? logger = null)
    {
        var runner = new StageRunner(
            stage ?? Stage, Input, Group, Log, Log, Topics, Options, time ?? TimeProvider.System, logger ?? NullLogger<StageRunner>.Instance);
        var stop = new CancellationTokenSource();
        _runs.Add((runner, stop, runner.RunAsync(stop.Token)));
        return runner;
    }

    public void Send(params string[] values) => Log.Write([.. values.Select(v => MemoryLog.Record(Input, "key", v))]);

    public void SendTo(int partition, params string[] values)
    {
        foreach (var value in values)
            Log.WriteTo(partition, MemoryLog.Record(Input, "key", value));
    }

    public Task Done() => Until("everything to be committed", () => Log.Lag(Group, Input) == 0, Describe);

    public async Task StopAsync(int index = 0)
    {
        await _runs[index].Stop.CancelAsync();
        await _runs[index].Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public string Describe() =>
        $"lag {Log.Lag(Group, Input)}, produced {Produced.Count}, rejected {Rejected.Count}, processed {Stage.Processed.Count}, open {Stage.Open}, "
        + string.Join("; ", _runs.Select(r => $"problem '{r.Runner.Problem}', {r.Runner.BytesInFlight} bytes"));

    /// <summary>Stops all runners and looks whether anything was kept.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, stop, _) in _runs)
            await stop.CancelAsync();
        foreach (var (_, _, task) in _runs)
            await task.WaitAsync(TimeSpan.FromSeconds(20));
        await Until("nothing to be kept", () => Stage.Open == (0, 0) && _runs.All(r => r.Runner.BytesInFlight == 0), Describe);
        for (var i = 0; i < _partitions; i++)
            Assert.That(Log.Committed(Group, Input, i) ?? 0, Is.LessThanOrEqualTo(Log.Read(Input).Count(r => r.Position.Partition == i)));
        Assert.That(Log.Members(Group, Input), Is.Zero, "members left in the group");
    }
}
