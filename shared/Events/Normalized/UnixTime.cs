namespace CustomEvents.Events.Normalized;

/// <summary>Dates as whole milliseconds since 1970, the precision of every date in the system.</summary>
internal static class UnixTime
{
    public static long FromUtc(DateTime utc) => Math.DivRem(utc.Ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMillisecond) switch
    {
        (var whole, < 0) => whole - 1,
        (var whole, _) => whole,
    };

    public static bool TryToUtc(long milliseconds, out DateTime utc)
    {
        utc = default;
        if (milliseconds < (DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond
            || milliseconds > (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond)
            return false;
        utc = DateTime.UnixEpoch.AddTicks(milliseconds * TimeSpan.TicksPerMillisecond);
        return true;
    }
}
