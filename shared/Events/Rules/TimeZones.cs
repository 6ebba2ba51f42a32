using System.Collections.Frozen;
using System.Text;
using NodaTime.TimeZones;

namespace CustomEvents.Events.Rules;

/// <summary>The names of the IANA time zone database, links too, exactly (contract section 5). The database is NodaTime's, not the machine's.</summary>
internal static class TimeZones
{
    private static readonly FrozenSet<string> Names = TzdbDateTimeZoneSource.Default.GetIds().ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ByText = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int LongestName = Names.Max(name => name.Length);

    public static bool IsKnown(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestName)
            return false;
        Span<char> name = stackalloc char[text.Length];
        return Encoding.UTF8.TryGetChars(text, name, out var length) && ByText.Contains(name[..length]);
    }
}
