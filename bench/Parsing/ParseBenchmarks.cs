using System.Buffers;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using CustomEvents.Events;

namespace CustomEvents.Bench.Parsing;

/// <summary>
/// What reading and checking one event costs, against a bare loop of <see cref="Utf8JsonReader"/> over the same bytes.
/// The bar: at most three times the loop, and at most 1 KB allocated.
/// </summary>
public class ParseBenchmarks
{
    private readonly byte[] _json = Encoding.UTF8.GetBytes(GuideEvent.Json);
    private readonly EventParser _parser = new();
    private readonly List<EventError> _errors = [];
    private readonly ArrayBufferWriter<byte> _output = new(16 * 1024);
    private NormalizedEvent _normalized = null!;
    private byte[] _record = [];

    /// <summary>All of them, with all that BenchmarkDotNet says.</summary>
    internal static int Run()
    {
        BenchmarkRunner.Run<ParseBenchmarks>(Config(ConsoleLogger.Default, Job.ShortRun).AddColumnProvider(DefaultColumnProviders.Instance));
        return 0;
    }

    /// <summary>The bare reader and the parser alone.</summary>
    internal static Task<ParseResult> MeasureAsync(ParseSpec spec)
    {
        var job = Job.ShortRun.WithWarmupCount(spec.Iterations).WithIterationCount(spec.Iterations);
        var summary = BenchmarkRunner.Run<ParseBenchmarks>(Config(NullLogger.Instance, job).AddFilter(new NameFilter(static name => name is nameof(BareReader) or nameof(Parse))));
        var reports = summary.Reports.ToDictionary(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name);
        if (reports.Count != 2 || reports.Values.Any(report => report.ResultStatistics is null))
            throw new InvalidOperationException("BenchmarkDotNet has no result: " + string.Join(' ', summary.ValidationErrors.Select(error => error.Message)));
        return Task.FromResult(new ParseResult(
            reports[nameof(BareReader)].ResultStatistics!.Median,
            reports[nameof(Parse)].ResultStatistics!.Median,
            reports[nameof(Parse)].GcStats.GetBytesAllocatedPerOperation(reports[nameof(Parse)].BenchmarkCase) ?? 0));
    }

    private static ManualConfig Config(ILogger logger, Job job) => ManualConfig.CreateEmpty()
        .AddLogger(logger)
        .AddJob(job.WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithArtifactsPath(Path.Combine("artifacts", "bench"));

    [GlobalSetup]
    public async Task NormalizeAsync()
    {
        // The run-time compiler optimizes beside what runs, and after a pause: on a busy machine iterations would begin before it has.
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < 1_000; i++)
                Parse();
            await Task.Delay(100);
        }

        _normalized = new NormalizedEvent
        {
            EventId = Guid.CreateVersion7(),
            StoreId = "64ab01cd9f00112233445566",
            CustomerId = new CustomerId(new byte[12]),
            ReceivedAt = DateTime.UnixEpoch,
            Producer = "http",
            Topic = "events.raw",
            Position = new Position(Guid.NewGuid(), 3, 123_456),
            Event = Parse() ?? throw new InvalidOperationException(_errors[0].Detail),
        };
        Write();
        _record = _output.WrittenSpan.ToArray();
    }

    [Benchmark(Baseline = true)]
    public int BareReader()
    {
        var reader = new Utf8JsonReader(_json);
        var tokens = 0;
        while (reader.Read())
            tokens++;
        return tokens;
    }

    [Benchmark]
    public CustomEvent? Parse() => _parser.Parse(_json, _errors);

    [Benchmark]
    public void Write()
    {
        _output.ResetWrittenCount();
        _normalized.Write(_output);
    }

    [Benchmark]
    public NormalizedEvent? Read() => NormalizedEvent.TryRead(_record, out var normalized, out _) ? normalized : null;
}
