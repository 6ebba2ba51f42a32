using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Sqlite.Log;

/// <summary>
/// A record's headers as one blob: for each the name's length (2 bytes), the name, the value's length (4 bytes, −1 for null), the value.
/// </summary>
internal static class HeaderBytes
{
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

    public static void Write(IReadOnlyList<RecordHeader> headers, ArrayBufferWriter<byte> output)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            var (name, value) = headers[i];
            var nameLength = Encoding.UTF8.GetByteCount(name);
            var span = output.GetSpan(6 + nameLength + (value?.Length ?? 0));
            BinaryPrimitives.WriteUInt16LittleEndian(span, checked((ushort)nameLength));
            Encoding.UTF8.GetBytes(name, span[2..]);
            BinaryPrimitives.WriteInt32LittleEndian(span[(2 + nameLength)..], value?.Length ?? -1);
            value?.CopyTo(span[(6 + nameLength)..]);
            output.Advance(6 + nameLength + (value?.Length ?? 0));
        }
    }

    public static IReadOnlyList<RecordHeader> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];
        var headers = new List<RecordHeader>(4);
        while (!bytes.IsEmpty)
        {
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            var name = Name(bytes.Slice(2, nameLength));
            bytes = bytes[(2 + nameLength)..];
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            bytes = bytes[4..];
            headers.Add(new RecordHeader(name, length < 0 ? null : bytes[..length].ToArray()));
            bytes = bytes[Math.Max(0, length)..];
        }

        return headers;
    }

    private static string Name(ReadOnlySpan<byte> utf8)
    {
        foreach (var (known, name) in Known)
        {
            if (utf8.SequenceEqual(known))
                return name;
        }

        return Encoding.UTF8.GetString(utf8);
    }
}
