namespace CustomEvents.Pipeline.Running;

/// <summary>
/// The bytes that all lanes of a runner hold together. Each has a share of its own, which no other can take; the rest is for full batches, and is lent to lanes
/// that are in work or next.
/// </summary>
/// <param name="limit">All of it.</param>
/// <param name="forBatches">What full batches would take; at most half of the limit is kept for them.</param>
internal sealed class ByteBudget(long limit, long forBatches)
{
    private readonly long _limit = limit;
    private readonly long _toLend = Math.Min(forBatches, limit / 2);
    private long _used;
    private long _lent;
    private long _share;

    /// <summary>How many are held.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>What each lane may hold at any time.</summary>
    public long Share => Interlocked.Read(ref _share);

    /// <summary>Whether a lane may hold more than its share.</summary>
    public bool CanLend => Interlocked.Read(ref _lent) < _toLend && !IsSpent;

    /// <summary>Whether no lane that holds something may take more. Records that are one too many, and what is made of them, get there; shares by themselves do not.</summary>
    public bool IsSpent => Used >= _limit;

    /// <summary>Makes so many equal shares.</summary>
    public void ShareOut(int lanes) => Interlocked.Exchange(ref _share, (_limit - _toLend) / Math.Max(1, lanes));

    /// <summary>Notes that a lane holds more or, where negative, less.</summary>
    /// <param name="bytes">The difference.</param>
    /// <param name="held">What it holds now.</param>
    /// <param name="lent">The lane's own note of what of it is lent.</param>
    public void Move(long bytes, long held, ref long lent)
    {
        Interlocked.Add(ref _used, bytes);
        var now = Math.Max(0, held - Share);
        if (now == lent)
            return;
        Interlocked.Add(ref _lent, now - lent);
        lent = now;
    }
}
