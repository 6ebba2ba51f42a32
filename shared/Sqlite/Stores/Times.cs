namespace CustomEvents.Sqlite.Stores;

/// <summary>Times as the tables hold them: milliseconds since 1970, so that they compare as numbers.</summary>
internal static class Times
{
    public static long ToMilliseconds(this DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    public static DateTime FromMilliseconds(long milliseconds) =>
        new(DateTime.UnixEpoch.Ticks + (milliseconds * TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
}
