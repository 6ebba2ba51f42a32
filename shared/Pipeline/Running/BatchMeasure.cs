using System.Diagnostics;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Pipeline.Running;

/// <summary>Counts a batch that is done.</summary>
internal static class BatchMeasure
{
    /// <summary>Every record of the batch is done and durable downstream.</summary>
    public static void Done(LaneEnvironment environment, TopicPartition partition, Batch batch)
    {
        KeyValuePair<string, object?> stage = new("custom_events.stage", environment.Stage.Name);
        TagList messaging = [stage, new("messaging.system", environment.Topics.System), new("messaging.operation.name", "process"), new("messaging.destination.name", partition.Topic), new("messaging.consumer.group.name", environment.Group)];
        Span<int> counts = stackalloc int[4];
        foreach (var outcome in batch.Outcomes)
        {
            counts[(int)outcome.Kind]++;
            if (outcome.Rejection is { } rejection)
                PipelineMetrics.Rejections.Add(1, stage, new("custom_events.code", rejection.Error.Code.ToText()));
        }

        for (var kind = 0; kind < counts.Length; kind++)
        {
            if (counts[kind] > 0)
                PipelineMetrics.Records.Add(counts[kind], stage, new("custom_events.outcome", Text((OutcomeKind)kind)));
        }

        PipelineMetrics.Consumed.Add(batch.Records.Length, messaging);
        PipelineMetrics.BatchSize.Record(batch.Records.Length, stage);
        PipelineMetrics.Duration.Record(environment.Time.GetElapsedTime(batch.Since).TotalSeconds, messaging);
        environment.Shares?.Count(batch.Records);
    }

    /// <summary>An outcome as metrics and traces name it.</summary>
    public static string Text(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Done => "done",
        OutcomeKind.Produced => "produced",
        OutcomeKind.Duplicate => "duplicate",
        OutcomeKind.Rejected => "rejected",
    };
}
