namespace CustomEvents.IngestApi.Requests;

/// <summary>
/// How many requests wait for the log. While it acknowledges, as many as come. Where it has acknowledged none for a while although some
/// wait, or failed the last, those that wait are enough to notice that it is back, and every other is told at once instead of after the 10 s
/// in which the log gives up. Thread-safe.
/// </summary>
internal sealed class LogPressure(TimeProvider time)
{
    /// <summary>How long the log may acknowledge nothing before requests are turned away: above a change of a partition's leader.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(3);

    /// <summary>How many may wait then.</summary>
    public const int MostWhileStalled = 64;

    private long _lastProgress = time.GetTimestamp();
    private int _waiting;
    private volatile bool _hasFailed;

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Whether a request may wait for the log; whoever may has to <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        var waiting = Interlocked.Increment(ref _waiting);
        // While nobody waited, silence said nothing.
        if (waiting == 1)
            Volatile.Write(ref _lastProgress, time.GetTimestamp());
        if (waiting <= MostWhileStalled || !IsStalled())
            return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    /// <summary>A request waits no more.</summary>
    /// <param name="isAnswered">Whether the log answered, and was not away.</param>
    public void Leave(bool isAnswered)
    {
        if (isAnswered)
            Volatile.Write(ref _lastProgress, time.GetTimestamp());
        _hasFailed = !isAnswered;
        Interlocked.Decrement(ref _waiting);
    }

    private bool IsStalled() => _hasFailed || time.GetElapsedTime(Volatile.Read(ref _lastProgress)) >= StallLimit;
}
