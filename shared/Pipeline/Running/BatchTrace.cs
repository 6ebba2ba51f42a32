using System.Diagnostics;
using System.Globalization;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Pipeline.Running;

/// <summary>
/// The spans of a batch: one for the batch, under which its calls to the stores stand, and one for each sampled record of it in the record's own trace, so
/// that an event has one trace from its producer to the write, whatever it travelled with. The two are linked. A batch of one record is that record's span.
/// </summary>
internal sealed class BatchTrace : IDisposable
{
    private const int MaxLinks = 128;

    // An event that is one of many is still found: those beyond have no span of this stage, and those of the others.
    private const int MaxRecords = 64;

    private readonly Activity? _batch;
    private readonly List<(int Index, Activity Span)> _records = [];

    private BatchTrace(LaneEnvironment environment, TopicPartition partition, LogRecord[] records)
    {
        var contexts = Contexts(records);
        var alone = records.Length == 1;
        _batch = PipelineMetrics.Activities.StartActivity(
            ActivityKind.Consumer,
            alone && contexts.Count == 1 ? contexts[0].Context : default,
            alone ? [.. Tags(environment, partition), .. Tags(records[0])] : [.. Tags(environment, partition), new("messaging.batch.message_count", records.Length)],
            alone ? null : contexts.Select(static c => new ActivityLink(c.Context)),
            default,
            "process " + partition.Topic);
        if (alone)
        {
            if (_batch is not null)
                _records.Add((0, _batch));
            return;
        }

        var batch = Activity.Current;
        ActivityLink[]? toBatch = _batch is null ? null : [new(_batch.Context)];
        foreach (var (index, context) in contexts)
        {
            if (_records.Count == MaxRecords)
                break;
            var span = PipelineMetrics.Activities.StartActivity(
                ActivityKind.Consumer, context, [.. Tags(environment, partition), .. Tags(records[index])], toBatch, default, "process " + partition.Topic);
            if (span is not null)
                _records.Add((index, span));
        }

        // The calls that follow are the batch's.
        Activity.Current = batch;
    }

    /// <summary>Starts the spans; null where nobody listens.</summary>
    public static BatchTrace? Start(LaneEnvironment environment, TopicPartition partition, LogRecord[] records) =>
        PipelineMetrics.Activities.HasListeners() ? new BatchTrace(environment, partition, records) : null;

    /// <summary>What a record became, with that record's span as its trace context, so that the next stage's span stands under this one's.</summary>
    public OutgoingRecord Continue(int index, OutgoingRecord output)
    {
        foreach (var (of, span) in _records)
        {
            if (of == index && span is { Id: { } id, IdFormat: ActivityIdFormat.W3C })
            {
                var headers = output.Headers.Where(static h => h.Key != HeaderNames.TraceParent);
                return output with { Headers = [.. headers, new RecordHeader(HeaderNames.TraceParent, Encoding.ASCII.GetBytes(id))] };
            }
        }

        return output;
    }

    /// <summary>Every record is done and durable downstream: ends the spans, each with what became of its record.</summary>
    public void Done(Outcome[] outcomes)
    {
        foreach (var (index, span) in _records)
        {
            span.SetTag("custom_events.outcome", BatchMeasure.Text(outcomes[index].Kind));
            if (outcomes[index].Rejection is { } rejection)
            {
                span.SetTag("error.type", rejection.Error.Code.ToText());
                span.SetStatus(ActivityStatusCode.Error);
            }
        }

        End();
    }

    /// <summary>Ends what is open: the batch was broken off, and somebody does it again.</summary>
    public void Dispose()
    {
        if (_batch is { IsStopped: false })
            _batch.SetTag("custom_events.outcome", "unfinished");
        foreach (var (_, span) in _records)
        {
            if (!span.IsStopped)
                span.SetTag("custom_events.outcome", "unfinished");
        }

        End();
    }

    private void End()
    {
        foreach (var (_, span) in _records)
            span.Stop();
        _batch?.Stop();
    }

    private static List<(int Index, ActivityContext Context)> Contexts(LogRecord[] records)
    {
        List<(int, ActivityContext)> contexts = [];
        for (var i = 0; i < records.Length && contexts.Count < MaxLinks; i++)
        {
            if (records[i].Header(HeaderNames.TraceParent) is { Length: HeaderNames.TraceParentBytes } bytes
                && (records.Length == 1 || IsSampled(bytes.Span))
                && ActivityContext.TryParse(Encoding.ASCII.GetString(bytes.Span), null, isRemote: true, out var context))
            {
                contexts.Add((i, context));
            }
        }

        return contexts;
    }

    /// <summary>Whether the last digit, hexadecimal, is odd: what nobody records costs no more than this look.</summary>
    private static bool IsSampled(ReadOnlySpan<byte> traceParent) => (char)traceParent[^1] is '1' or '3' or '5' or '7' or '9' or 'b' or 'd' or 'f';

    private static KeyValuePair<string, object?>[] Tags(LaneEnvironment environment, TopicPartition partition) =>
    [
        new("messaging.system", environment.Topics.System),
        new("messaging.operation.name", "process"),
        new("messaging.operation.type", "process"),
        new("messaging.destination.name", partition.Topic),
        new("messaging.destination.partition.id", partition.Partition.ToString(CultureInfo.InvariantCulture)),
        new("messaging.consumer.group.name", environment.Group),
        new("custom_events.stage", environment.Stage.Name),
    ];

    private static KeyValuePair<string, object?>[] Tags(LogRecord record) =>
    [
        new("messaging.kafka.offset", record.Position.Offset),
        new("messaging.message.id", record.EventId.ToString()),
    ];
}
