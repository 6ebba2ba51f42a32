using System.Diagnostics;
using System.Text;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Running;

/// <summary>A span for each batch, in the trace of its record where it has one alone, and linked to those of its first records where it has more.</summary>
internal static class BatchTrace
{
    private const int MaxLinks = 128;

    /// <summary>Starts the span; null where nobody listens.</summary>
    public static Activity? Start(LaneEnvironment environment, TopicPartition partition, LogRecord[] records)
    {
        if (!PipelineMetrics.Activities.HasListeners())
            return null;
        ActivityContext parent = default;
        List<ActivityLink>? links = null;
        if (records.Length == 1)
        {
            _ = TryReadContext(records[0], out parent);
        }
        else
        {
            foreach (var record in records.AsSpan(0, Math.Min(records.Length, MaxLinks)))
            {
                if (TryReadContext(record, out var context))
                    (links ??= []).Add(new(context));
            }
        }

        return PipelineMetrics.Activities.StartActivity(
            ActivityKind.Consumer,
            parent,
            [
                new("messaging.operation.name", "process"),
                new("messaging.operation.type", "process"),
                new("messaging.destination.name", partition.Topic),
                new("messaging.destination.partition.id", partition.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                new("messaging.consumer.group.name", environment.Group),
                new("messaging.batch.message_count", records.Length),
                new("custom_events.stage", environment.Stage.Name),
            ],
            links,
            default,
            "process " + partition.Topic);
    }

    private static bool TryReadContext(LogRecord record, out ActivityContext context)
    {
        context = default;
        return record.Header(HeaderNames.TraceParent) is { Length: 55 } bytes
            && ActivityContext.TryParse(Encoding.ASCII.GetString(bytes), null, isRemote: true, out context);
    }
}
