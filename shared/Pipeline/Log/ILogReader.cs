namespace CustomEvents.Pipeline.Log;

/// <summary>
/// A member of a group that reads a topic, each partition by one member at a time. It starts at the group's committed
/// offset, or at the earliest record. Not thread-safe but for <see cref="Commit"/>: one thread polls, pauses and seeks.
/// </summary>
public interface ILogReader : IDisposable
{
    /// <summary>
    /// The next record of any assigned partition that is not paused; null where none came in time. Changes of the assignment
    /// are told to the listener from inside this call.
    /// </summary>
    /// <exception cref="LogReadException">The log cannot be read now; try again.</exception>
    LogRecord? Poll(TimeSpan timeout);

    /// <summary>Stops delivering a partition's records until <see cref="Resume"/>.</summary>
    void Pause(TopicPartition partition);

    /// <summary>Delivers a paused partition's records again, from the one after the last delivered.</summary>
    void Resume(TopicPartition partition);

    /// <summary>Delivers a partition again from an offset.</summary>
    void Seek(TopicPartition partition, long offset);

    /// <summary>
    /// Commits that everything before the offset is done. Returns at once and may be called from any thread; the last commit before
    /// the listener's revocation returns, and before <see cref="Close"/> returns, is in effect when they do.
    /// </summary>
    void Commit(TopicPartition partition, long nextOffset);

    /// <summary>The offset behind the last record of a partition, as last heard of; null where not known yet. For the lag.</summary>
    long? HighWatermark(TopicPartition partition);

    /// <summary>Commits what was given and leaves the group.</summary>
    void Close();
}
