namespace CustomEvents.Pipeline.Log;

/// <summary>The operator's view of the log: reads beside the groups and disturbs none.</summary>
public interface ILogInspector
{
    /// <summary>How many partitions a topic has.</summary>
    Task<int> PartitionsAsync(string topic, CancellationToken cancellationToken);

    /// <summary>The records of a topic from a time on, oldest first, up to the end as it was when the call began.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partitions">Which of its partitions are read; null reads all.</param>
    /// <param name="since">Records with an older timestamp are passed over. UTC.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<LogRecord> ReadAsync(string topic, IReadOnlyCollection<int>? partitions, DateTime since, CancellationToken cancellationToken);

    /// <summary>Records by their places, all at once; those that the log does not have any more are absent.</summary>
    Task<IReadOnlyDictionary<(int Partition, long Offset), LogRecord>> ReadAtAsync(
        string topic, IReadOnlyCollection<(int Partition, long Offset)> places, CancellationToken cancellationToken);

    /// <summary>
    /// The last records of each partition, those of one partition in order: a sample of what comes in now. There may be fewer than asked for, where they
    /// are large or come slowly.
    /// </summary>
    Task<IReadOnlyList<LogRecord>> TailAsync(string topic, int perPartition, CancellationToken cancellationToken);

    /// <summary>How many members a group has: 0 where the stage that reads as it runs nowhere.</summary>
    Task<int> MembersAsync(string group, CancellationToken cancellationToken);

    /// <summary>For each partition of a topic: what the group has committed and where the end is.</summary>
    Task<IReadOnlyList<PartitionProgress>> ProgressAsync(string group, string topic, CancellationToken cancellationToken);
}
