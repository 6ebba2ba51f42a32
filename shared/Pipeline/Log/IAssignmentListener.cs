namespace CustomEvents.Pipeline.Log;

/// <summary>Hears of changes of what a reader is to read. Called on the thread that polls.</summary>
public interface IAssignmentListener
{
    /// <summary>Partitions were added.</summary>
    void Assigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions are about to be taken: what is in flight may be finished and committed within a bound before this returns.</summary>
    void Revoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>Partitions were taken already and belong to somebody else: nothing may be committed any more.</summary>
    void Lost(IReadOnlyList<TopicPartition> partitions);
}
