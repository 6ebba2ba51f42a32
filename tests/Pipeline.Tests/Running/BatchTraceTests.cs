using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Running;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Tests.Support.InMemoryLog;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Tests.Pipeline.Running;

/// <summary>The spans that a runner makes, as a listener sees them.</summary>
[NonParallelizable]
public sealed class BatchTraceTests
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private RunnerBench _bench = null!;
    private ActivityListener? _listener;

    [SetUp]
    public void Listen()
    {
        _ended.Clear();
        _bench = new RunnerBench();
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is PipelineMetrics.ActivitySourceName or MeasuredAppend.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent == default || options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [TearDown]
    public async Task Stop()
    {
        await _bench.DisposeAsync();
        _listener!.Dispose();
    }

    private IReadOnlyList<Activity> Processed => [.. _ended.Where(a => a.DisplayName == "process in" && a.GetTagItem("messaging.kafka.offset") is not 0L)];

    [Test]
    public async Task Every_sampled_record_of_a_batch_has_a_span_in_its_own_trace_linked_to_the_batch()
    {
        await RunAsync(Traced("first", "01"), Traced("second", "01"), Traced("unsampled", "00"), MemoryLog.Record(RunnerBench.Input, "key", "plain"));

        var batch = Processed.Single(a => a.GetTagItem("messaging.batch.message_count") is 4);
        foreach (var name in new[] { "first", "second" })
        {
            var span = Processed.Single(a => a.TraceId == TraceOf(name));
            Assert.Multiple(() =>
            {
                Assert.That(span.ParentSpanId.ToHexString(), Is.EqualTo(ParentSpan));
                Assert.That(span.Links.Single().Context.SpanId, Is.EqualTo(batch.SpanId), "the link leads from the event's trace to the batch's, where the calls are");
                Assert.That(span.GetTagItem("custom_events.outcome"), Is.EqualTo("produced"));
                Assert.That(span.GetTagItem("messaging.operation.name"), Is.EqualTo("process"));
            });
        }

        Assert.Multiple(() =>
        {
            Assert.That(batch.Links.Select(l => l.Context.TraceId), Is.EquivalentTo(new[] { TraceOf("first"), TraceOf("second") }));
            Assert.That(Processed, Has.Count.EqualTo(3), "what nobody sampled has no span");
            Assert.That(_ended.Where(a => a.DisplayName == "send out").Select(a => a.TraceId), Does.Contain(batch.TraceId), "the append is the batch's");
        });
    }

    [Test]
    public async Task The_next_stage_goes_on_under_this_stages_span()
    {
        await RunAsync(Traced("first", "01"), Traced("second", "01"), Traced("unsampled", "00"));

        foreach (var name in new[] { "first", "second" })
        {
            var span = Processed.Single(a => a.TraceId == TraceOf(name));
            Assert.That(TraceParentOf(Output(name)), Is.EqualTo(span.Id));
        }

        Assert.That(TraceParentOf(Output("unsampled")), Is.EqualTo(TraceParent("unsampled", "00")), "what is not recorded is passed on as it was");
    }

    [Test]
    public async Task A_rejection_stays_in_the_trace_and_its_span_says_why()
    {
        _bench.Stage.Outcomes = v => v == "first" ? Outcome.Rejected(new StageRejection(Guid.NewGuid(), new EventError("", ErrorCode.TooDeep, "no"))) : null;
        await RunAsync(Traced("first", "01"), Traced("second", "01"));

        var span = Processed.Single(a => a.TraceId == TraceOf("first"));
        Assert.Multiple(() =>
        {
            Assert.That(span.Status, Is.EqualTo(ActivityStatusCode.Error));
            Assert.That(span.GetTagItem("error.type"), Is.EqualTo("too_deep"));
            Assert.That(TraceParentOf(_bench.Log.Read(_bench.Topics.Rejected).Single()), Is.EqualTo(span.Id));
        });
    }

    [Test]
    public async Task A_record_alone_is_one_span_in_its_trace()
    {
        await RunAsync(Traced("first", "01"));

        var span = Processed.Single();
        Assert.Multiple(() =>
        {
            Assert.That(span.TraceId, Is.EqualTo(TraceOf("first")));
            Assert.That(span.ParentSpanId.ToHexString(), Is.EqualTo(ParentSpan));
            Assert.That(TraceParentOf(Output("first")), Is.EqualTo(span.Id));
        });
    }

    [Test]
    public async Task A_batch_has_no_more_than_64_spans_of_records()
    {
        await RunAsync([.. Enumerable.Range(0, 100).Select(i => Traced($"{i:000}", "01"))]);

        Assert.That(Processed, Has.Count.EqualTo(1 + 64));
    }

    [Test]
    public async Task What_a_lane_logs_of_a_batch_is_in_the_batchs_trace()
    {
        var failed = 0;
        _bench.Stage.Fault = v => v == "second" && Interlocked.Increment(ref failed) == 1 ? new InfrastructureException("away") : null;
        var logger = new TracingLogger();
        await RunAsync(logger, Traced("first", "01"), Traced("second", "01"));

        var batch = Processed.Single(a => a.GetTagItem("messaging.batch.message_count") is 2);
        foreach (var line in new[] { "failure 1 in a row", "works again" })
            Assert.That(logger.Lines.Single(l => l.Text.Contains(line, StringComparison.Ordinal)).Trace, Is.EqualTo(batch.TraceId), line);
    }

    private const string ParentSpan = "b7ad6b7169203331";

    private static ActivityTraceId TraceOf(string name) => ActivityTraceId.CreateFromString(Convert.ToHexStringLower(Encoding.ASCII.GetBytes(name.PadRight(16, '.'))));

    private static string TraceParent(string name, string flags) => $"00-{TraceOf(name)}-{ParentSpan}-{flags}";

    private static string? TraceParentOf(LogRecord record) => record.Header(HeaderNames.TraceParent) is { } bytes ? Encoding.ASCII.GetString(bytes.Span) : null;

    private LogRecord Output(string value) => _bench.Log.Read(RunnerBench.Output).Single(r => Encoding.UTF8.GetString(r.Value!.Value.Span) == value);

    private static OutgoingRecord Traced(string name, string flags) => new(
        RunnerBench.Input, "key"u8.ToArray(), Encoding.UTF8.GetBytes(name), [new RecordHeader(HeaderNames.TraceParent, Encoding.ASCII.GetBytes(TraceParent(name, flags)))]);

    /// <summary>Runs the records as one batch, behind one that waits until all of them were read, to the end of the runner: the spans end after the commit.</summary>
    private Task RunAsync(params OutgoingRecord[] records) => RunAsync(null, records);

    private async Task RunAsync(ILogger<StageRunner>? logger, params OutgoingRecord[] records)
    {
        var gate = new TaskCompletionSource();
        var waiting = new TaskCompletionSource();
        _bench.Stage.Before = (batch, _) =>
        {
            waiting.TrySetResult();
            return batch[0].Position.Offset == 0 ? gate.Task : Task.CompletedTask;
        };
        _bench.Send("gate");
        var runner = _bench.Start(logger: logger);
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(20));
        _bench.Log.Write(records);
        var size = _bench.Log.Read(RunnerBench.Input).Sum(r => (long)r.Size);
        await RunnerBench.Until("all records to be read", () => runner.BytesInFlight == size, () => $"{runner.BytesInFlight} of {size} bytes");
        gate.SetResult();
        await _bench.Done();
        await _bench.StopAsync();
    }

    private sealed class TracingLogger : ILogger<StageRunner>
    {
        public ConcurrentQueue<(string Text, ActivityTraceId? Trace)> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((formatter(state, exception), Activity.Current?.TraceId));
    }
}
