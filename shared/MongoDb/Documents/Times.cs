namespace CustomEvents.MongoDb.Documents;

/// <summary>Times as BSON has them: milliseconds since 1970.</summary>
internal static class Times
{
    public static long ToMilliseconds(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
}
