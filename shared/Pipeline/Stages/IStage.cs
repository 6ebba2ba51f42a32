using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Stages;

/// <summary>What is done to the records of a topic, a batch of one partition at a time.</summary>
public interface IStage
{
    /// <summary>Its name in metrics, logs and rejections: <c>normalizer</c> or <c>persister</c>.</summary>
    string Name { get; }

    /// <summary>How many records it takes at once at most; of the setting <c>Stage:MaxBatchRecords</c> and this the smaller counts.</summary>
    int MaxBatchRecords => int.MaxValue;

    /// <summary>Begins a partition. What is kept for it (caches) lives in the lane and goes with it.</summary>
    IStageLane OpenLane(TopicPartition partition);

    /// <summary>The rejection of a record that fails by itself in a way that the stage did not foresee.</summary>
    ValueTask<StageRejection> RejectAsync(LogRecord record, Events.ErrorCode code, string detail, CancellationToken cancellationToken);
}
