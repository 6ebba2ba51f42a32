using System.Globalization;

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
    private string _why = "";
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

    /// <summary>For people: how long requests wait and after what, followed by a comma; empty where none waits.</summary>
    public string Waiting
    {
        get
        {
            lock (_lock)
            {
                var left = (_held - time.GetElapsedTime(_heldAt)).TotalSeconds;
                return left > 0 ? string.Create(CultureInfo.InvariantCulture, $"waits {Math.Ceiling(left)} s after {_why}, ") : "";
            }
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
    /// <param name="pause">For how long.</param>
    /// <param name="why">After what, for people.</param>
    public void Hold(TimeSpan pause, string why)
    {
        lock (_lock)
        {
            if (_held - time.GetElapsedTime(_heldAt) < pause)
                (_heldAt, _held, _why) = (time.GetTimestamp(), pause, why);
        }
    }

    /// <summary>The API is away or failed: longer pauses each time, at least as long as it asked for.</summary>
    /// <param name="asked">For how long at least.</param>
    /// <param name="why">After what, for people.</param>
    public void Failed(TimeSpan asked, string why)
    {
        TimeSpan pause;
        lock (_lock)
        {
            // What was under way together and fails together has failed once.
            if (time.GetElapsedTime(_heldAt) >= _held)
                _failures++;
            pause = FirstPause * Math.Pow(2, Math.Clamp(_failures - 1, 0, 10)) * (0.75 + (Random.Shared.NextDouble() / 2));
            pause = pause < LongestPause ? pause : LongestPause;
        }

        Hold(pause > asked ? pause : asked, why);
    }
}
