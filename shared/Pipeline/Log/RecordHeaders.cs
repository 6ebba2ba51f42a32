using System.Buffers.Binary;
using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;

namespace CustomEvents.Pipeline.Log;

/// <summary>
/// The headers of a record that was read, in order, packed into one piece of memory: records are held in tens of thousands, and objects for each header
/// are what the collector would be busy with. The embedded log stores them so, and the format stays: for each the name's length (2 bytes; 65,535 says that 4 follow), the name, the value's length (4 bytes, −1 for null), the value.
/// </summary>
[CollectionBuilder(typeof(RecordHeaders), nameof(Pack))]
public readonly struct RecordHeaders : IEnumerable<RecordHeader>
{
    private const int LongName = ushort.MaxValue;

    /// <summary>Names that the pipeline gives: not made anew for each record.</summary>
    private static readonly (byte[] Utf8, string Name)[] Known =
    [
        .. new[]
        {
            HeaderNames.EventId, HeaderNames.ReceivedAt, HeaderNames.TraceParent, HeaderNames.Producer, HeaderNames.ReplayOf,
            HeaderNames.RejectionStage, HeaderNames.RejectionCode, HeaderNames.RejectionDetail, HeaderNames.RejectionPointer,
            HeaderNames.OriginalTopic, HeaderNames.OriginalPartition, HeaderNames.OriginalOffset, HeaderNames.OriginalTimestamp,
        }.Select(name => (Encoding.UTF8.GetBytes(name), name)),
    ];

    /// <summary>Takes headers that are packed already.</summary>
    public RecordHeaders(ReadOnlyMemory<byte> packed) => Packed = packed;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Packed { get; }

    /// <summary>Packs headers into memory of their own.</summary>
    public static RecordHeaders Pack(ReadOnlySpan<RecordHeader> headers)
    {
        var size = 0;
        foreach (var (name, value) in headers)
            size += SizeOf(name, value);
        var packed = new byte[size];
        var rest = packed.AsSpan();
        foreach (var (name, value) in headers)
            rest = rest[Write(rest, name, value)..];
        return new(packed);
    }

    /// <summary>How many bytes a header takes.</summary>
    public static int SizeOf(string name, byte[]? value)
    {
        var nameLength = Encoding.UTF8.GetByteCount(name);
        return sizeof(ushort) + (nameLength >= LongName ? sizeof(int) : 0) + nameLength + sizeof(int) + (value?.Length ?? 0);
    }

    /// <summary>Writes a header into room for it, and returns how many bytes it took.</summary>
    public static int Write(Span<byte> output, string name, byte[]? value)
    {
        var nameLength = Encoding.UTF8.GetByteCount(name);
        var at = sizeof(ushort);
        BinaryPrimitives.WriteUInt16LittleEndian(output, (ushort)Math.Min(nameLength, LongName));
        if (nameLength >= LongName)
        {
            BinaryPrimitives.WriteInt32LittleEndian(output[at..], nameLength);
            at += sizeof(int);
        }

        at += Encoding.UTF8.GetBytes(name, output[at..]);
        BinaryPrimitives.WriteInt32LittleEndian(output[at..], value?.Length ?? -1);
        at += sizeof(int);
        value?.CopyTo(output[at..]);
        return at + (value?.Length ?? 0);
    }

    /// <summary>The value of the last header of a name, which is ASCII; null where there is none or its value is null.</summary>
    public ReadOnlyMemory<byte>? Last(string name)
    {
        ReadOnlyMemory<byte>? last = null;
        for (var rest = Packed; Next(ref rest, out var nameBytes, out var value);)
        {
            if (Ascii.Equals(nameBytes.Span, name))
                last = value;
        }

        return last;
    }

    /// <summary>The headers, each made anew.</summary>
    public IEnumerator<RecordHeader> GetEnumerator()
    {
        for (var rest = Packed; Next(ref rest, out var name, out var value);)
            yield return new RecordHeader(Text(name.Span), value?.ToArray());
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool Next(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> name, out ReadOnlyMemory<byte>? value)
    {
        (name, value) = (default, null);
        if (rest.IsEmpty)
            return false;
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest.Span);
        rest = rest[sizeof(ushort)..];
        if (nameLength == LongName)
        {
            nameLength = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            rest = rest[sizeof(int)..];
        }

        name = rest[..nameLength];
        rest = rest[nameLength..];
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        rest = rest[sizeof(int)..];
        if (length < 0)
            return true;
        value = rest[..length];
        rest = rest[length..];
        return true;
    }

    private static string Text(ReadOnlySpan<byte> utf8)
    {
        foreach (var (known, name) in Known)
        {
            if (utf8.SequenceEqual(known))
                return name;
        }

        return Encoding.UTF8.GetString(utf8);
    }
}
