using System.Buffers.Text;
using System.Text;
using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;

namespace CustomEvents.MongoDb.Segments;

/// <summary>
/// The text of a segment entry's <c>_id</c>, whose order as UTF-8 bytes is the order of what it stands for
/// (docs/decisions/0002-segment-index.md):
/// <code>store 01 event 01 key 01 type value 01 time(13) customer(24) event id(32)</code>
/// The separator, U+0001, is below every byte of the parts: U+0000 to U+0002 in them are written as U+0002 and a character of U+0001 to U+0003.
/// </summary>
internal static class SegmentText
{
    public const byte Separator = 1;

    /// <summary>Above the separator and below what any longer value goes on with: ends the range of "equal".</summary>
    public const byte AfterSeparator = 2;

    private const byte Escape = 2;

    /// <summary>Bytes behind the last separator.</summary>
    public const int TailLength = TimeLength + CustomerLength + EventIdLength;

    public const int TimeLength = 13;
    public const int CustomerLength = 24;
    public const int EventIdLength = 32;
    private const int NumberLength = 20;
    private const int DateLength = 13;

    // Makes all times of the years 0001 to 9999 positive.
    private const long FirstMillisecond = -62_135_596_800_000;

    /// <summary>The tag before a value; nothing between two of them. Integers and doubles are one type, as in a condition.</summary>
    public static byte Tag(PropertyKind kind) => kind switch
    {
        PropertyKind.Boolean => (byte)'b',
        PropertyKind.Date => (byte)'d',
        PropertyKind.Integer or PropertyKind.Double => (byte)'n',
        PropertyKind.String => (byte)'s',
        PropertyKind.Json => throw new ArgumentException("Objects and arrays are not segmentable.", nameof(kind)),
    };

    public static void Part(BsonBuffer output, ReadOnlySpan<byte> utf8)
    {
        var span = output.Span((utf8.Length * 2) + 1);
        var length = 0;
        if (utf8.IndexOfAnyInRange((byte)0, Escape) < 0)
        {
            utf8.CopyTo(span);
            length = utf8.Length;
        }
        else
        {
            foreach (var b in utf8)
            {
                if (b <= Escape)
                {
                    span[length++] = Escape;
                    span[length++] = (byte)(b + 1);
                }
                else
                {
                    span[length++] = b;
                }
            }
        }

        output.Advance(length);
    }

    public static void Part(BsonBuffer output, string text)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(Math.Min(text.Length, 512))];
        Part(output, text.Length <= 512 ? utf8[..Encoding.UTF8.GetBytes(text, utf8)] : Encoding.UTF8.GetBytes(text));
    }

    public static void Byte(BsonBuffer output, byte value)
    {
        output.Span(1)[0] = value;
        output.Advance(1);
    }

    /// <summary>A value with its tag; a string is cut as contract section 6 says.</summary>
    public static void Value(BsonBuffer output, PropertyKind kind, ReadOnlySpan<byte> text, long bits)
    {
        Byte(output, Tag(kind));
        switch (kind)
        {
            case PropertyKind.String:
                Part(output, Cut(text));
                break;
            case PropertyKind.Integer:
                Integer(output, bits);
                break;
            case PropertyKind.Double:
                Number(output, BitConverter.Int64BitsToDouble(bits), 0);
                break;
            case PropertyKind.Boolean:
                Byte(output, bits == 0 ? (byte)'0' : (byte)'1');
                break;
            case PropertyKind.Date:
                Time(output, new DateTime(bits, DateTimeKind.Utc));
                break;
            case PropertyKind.Json:
                throw new ArgumentException("Objects and arrays are not segmentable.", nameof(kind));
        }
    }

    public static void Time(BsonBuffer output, DateTime utc) => Hex(output, (ulong)(Times.ToMilliseconds(utc) - FirstMillisecond), DateLength);

    public static void Customer(BsonBuffer output, CustomerId id)
    {
        Span<byte> bytes = stackalloc byte[12];
        id.WriteTo(bytes);
        Convert.TryToHexStringLower(bytes, output.Span(CustomerLength), out var written);
        output.Advance(written);
    }

    public static void EventId(BsonBuffer output, Guid id)
    {
        Utf8Formatter.TryFormat(id, output.Span(EventIdLength), out var written, 'N');
        output.Advance(written);
    }

    /// <summary>The first bytes that the index holds, cut between characters.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= Limits.MaxIndexedStringBytes)
            return utf8;
        var end = Limits.MaxIndexedStringBytes;
        while ((utf8[end] & 0xC0) == 0x80)
            end--;
        return utf8[..end];
    }

    // An integer is its nearest double and what is missing to it (at most 512): integers beyond 2^53 stand in their exact order among the doubles.
    private static void Integer(BsonBuffer output, long value)
    {
        var nearest = (double)value;
        Number(output, nearest, (int)(value - (Int128)nearest));
    }

    private static void Number(BsonBuffer output, double nearest, int missing)
    {
        var bits = BitConverter.DoubleToInt64Bits(nearest == 0 ? 0.0 : nearest);
        var ordered = bits < 0 ? ~(ulong)bits : (ulong)bits | 0x8000_0000_0000_0000;
        Hex(output, ordered, 16);
        Hex(output, (ulong)(missing + 0x8000), NumberLength - 16);
    }

    private static void Hex(BsonBuffer output, ulong value, int digits)
    {
        var span = output.Span(digits);
        for (var i = digits - 1; i >= 0; i--, value >>= 4)
            span[i] = "0123456789abcdef"u8[(int)(value & 15)];
        output.Advance(digits);
    }
}
