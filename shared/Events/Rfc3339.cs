namespace CustomEvents.Events;

/// <summary>RFC 3339 date-times as contract section 6 reads them.</summary>
public static class Rfc3339
{
    private const int ShortestLength = 20; // 2026-04-02T12:00:00Z

    /// <summary>
    /// Reads a complete date-time with an offset. False for anything else and for impossible ones. The result is in UTC,
    /// digits beyond the millisecond are cut.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out DateTime utc)
    {
        utc = default;
        if (utf8.Length < ShortestLength || utf8[4] != '-' || utf8[7] != '-' || (utf8[10] | 0x20) != 't' || utf8[13] != ':' || utf8[16] != ':')
            return false;
        if (!TwoDigits(utf8, 0, out var century) || !TwoDigits(utf8, 2, out var yearOfCentury) || !TwoDigits(utf8, 5, out var month)
            || !TwoDigits(utf8, 8, out var day) || !TwoDigits(utf8, 11, out var hour) || !TwoDigits(utf8, 14, out var minute)
            || !TwoDigits(utf8, 17, out var second))
            return false;
        var year = (century * 100) + yearOfCentury;
        if (month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;

        var rest = utf8[19..];
        var millisecond = 0;
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 1)
                return false;
            for (var i = 1; i <= 3; i++)
                millisecond = (millisecond * 10) + (i <= digits ? rest[i] - '0' : 0);
            rest = rest[(digits + 1)..];
        }
        if (!TryReadOffset(rest, out var offsetMinutes))
            return false;

        // The year 0000 is one of RFC 3339's, and with an offset its last hours may fall into the year 1 in UTC.
        var ticks = (DaysFromYearOne(year, month, day) * TimeSpan.TicksPerDay)
            + (((((hour * 60L) + minute - offsetMinutes) * 60) + second) * TimeSpan.TicksPerSecond)
            + (millisecond * TimeSpan.TicksPerMillisecond);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        utc = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
            return (text[0] | 0x20) == 'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !TwoDigits(text, 1, out var hour) || !TwoDigits(text, 4, out var minute) || hour > 23 || minute > 59)
            return false;
        minutes = (hour * 60) + minute;
        if (text[0] == '-')
            minutes = -minutes;
        return true;
    }

    private static bool TwoDigits(ReadOnlySpan<byte> text, int at, out int value)
    {
        var tens = (uint)(text[at] - '0');
        var ones = (uint)(text[at + 1] - '0');
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }

    private static int DaysInMonth(int year, int month) => DateTime.DaysInMonth(year == 0 ? 4 : year, month);

    private static long DaysFromYearOne(int year, int month, int day) => year == 0
        ? new DateTime(4, month, day).Ticks / TimeSpan.TicksPerDay - DaysInFourYearsBefore
        : new DateTime(year, month, day).Ticks / TimeSpan.TicksPerDay;

    // The year 0 is a leap year as the year 4 is; from the first of January of the one to that of the other it is 1,461 days.
    private const int DaysInFourYearsBefore = 1_461;
}
