using CustomEvents.Events;

namespace CustomEvents.Sqlite.Stores;

/// <summary>The column <c>type</c> of the segment index: values of different types never meet in a condition.</summary>
internal static class SegmentType
{
    public static int Of(PropertyKind kind) => kind switch
    {
        PropertyKind.String => 1,
        PropertyKind.Integer or PropertyKind.Double => 2,
        PropertyKind.Boolean => 3,
        PropertyKind.Date => 4,
        PropertyKind.Json => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Objects and arrays are not segmentable."),
    };

    /// <summary>The first bytes of a text that the index holds, cut between characters.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= Limits.MaxIndexedStringBytes)
            return utf8;
        var end = Limits.MaxIndexedStringBytes;
        while ((utf8[end] & 0xC0) == 0x80)
            end--;
        return utf8[..end];
    }
}
