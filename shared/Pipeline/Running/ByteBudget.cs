namespace CustomEvents.Pipeline.Running;

/// <summary>The bytes that all lanes of a runner hold together.</summary>
internal sealed class ByteBudget(long limit)
{
    private long _used;

    /// <summary>How many are held.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Whether no lane that holds something may take more.</summary>
    public bool IsSpent => Used >= limit;

    /// <summary>Whether paused partitions may go on: a quarter free, so that they do not stop at once again.</summary>
    public bool HasRoom => Used <= limit - (limit / 4);

    /// <summary>Takes or, where negative, gives back.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);
}
