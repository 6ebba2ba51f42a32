namespace CustomEvents.Pipeline.Running;

/// <summary>How long to wait after a failure: doubling from failure to failure, with a jitter that keeps many lanes from coming back at once.</summary>
internal static class Backoff
{
    /// <summary>The pause after the <paramref name="failures"/>th failure in a row.</summary>
    /// <param name="failures">1 for the first.</param>
    /// <param name="min">The pause after the first, before jitter.</param>
    /// <param name="max">The longest pause.</param>
    /// <param name="random">From 0 (half of the pause) to 1 (all of it).</param>
    public static TimeSpan Delay(int failures, TimeSpan min, TimeSpan max, double random)
    {
        var doubled = min.Ticks * Math.Pow(2, Math.Max(0, failures - 1));
        return TimeSpan.FromTicks((long)(Math.Min(doubled, max.Ticks) * (0.5 + (random / 2))));
    }
}
