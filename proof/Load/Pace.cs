using System.Diagnostics;

namespace CustomEvents.Proof.Load;

/// <summary>Spreads work over time. What a stall held up is not made up for, so that a fault does not end in a flood.</summary>
internal sealed class Pace(double perSecond)
{
    private long _due = Stopwatch.GetTimestamp();

    /// <summary>Waits until so many more are due.</summary>
    public async Task WaitAsync(int count, CancellationToken cancellationToken)
    {
        var now = Stopwatch.GetTimestamp();
        if (_due > now)
            await Task.Delay(Stopwatch.GetElapsedTime(now, _due), cancellationToken);
        _due = Math.Max(_due, now) + (long)(count / perSecond * Stopwatch.Frequency);
    }
}
