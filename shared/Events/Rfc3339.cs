namespace CustomEvents.Events;

/// <summary>RFC 3339 date-times as contract section 6 reads them.</summary>
public static class Rfc3339
{
    /// <summary>
    /// Reads a complete date-time with an offset. False for anything else and for impossible ones. The result is in UTC,
    /// digits beyond the millisecond are cut.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out DateTime utc) => throw new NotImplementedException();
}
