namespace CustomEvents.Operator.Importing;

/// <summary>Where all requests wait while the API asks for a pause, or is away.</summary>
/// <param name="patience">How long nothing may get through before it is given up.</param>
/// <param name="time">The clock.</param>
internal sealed class SendGate(TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private long _lastAnswer = time.GetTimestamp();
    private long _heldAt;
    private TimeSpan _held;
    private int _failures;

    /// <summary>Whether nothing got through for too long.</summary>
    public bool IsOutOfPatience
    {
        get
        {
            lock (_lock)
                return time.GetElapsedTime(_lastAnswer) > patience;
        }
    }

    /// <summary>Waits as long as a pause lasts.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan left;
            lock (_lock)
                left = _held - time.GetElapsedTime(_heldAt);
            if (left <= TimeSpan.Zero)
                return;
            await Task.Delay(left, time, cancellationToken);
        }
    }

    /// <summary>The API took a request and judged it.</summary>
    public void Answered()
    {
        lock (_lock)
            (_lastAnswer, _failures) = (time.GetTimestamp(), 0);
    }

    /// <summary>The API asked for a pause: nothing is wrong.</summary>
    public void Hold(TimeSpan pause)
    {
        lock (_lock)
        {
            if (_held - time.GetElapsedTime(_heldAt) < pause)
                (_heldAt, _held) = (time.GetTimestamp(), pause);
        }
    }

    /// <summary>The API is away or failed: longer pauses each time, at least as long as it asked for.</summary>
    public void Failed(TimeSpan asked)
    {
        TimeSpan pause;
        lock (_lock)
        {
            pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 10)) * (0.75 + (Random.Shared.NextDouble() / 2));
            pause = pause < LongestPause ? pause : LongestPause;
        }

        Hold(pause > asked ? pause : asked);
    }
}
