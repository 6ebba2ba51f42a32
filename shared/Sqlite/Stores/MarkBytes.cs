using CustomEvents.Events;

namespace CustomEvents.Sqlite.Stores;

/// <summary>A customer's marks as a blob: one position after the other, one for each raw partition.</summary>
internal static class MarkBytes
{
    public static Position[] Read(ReadOnlySpan<byte> bytes)
    {
        var marks = new Position[bytes.Length / PositionBytes.Length];
        for (var i = 0; i < marks.Length; i++)
            marks[i] = PositionBytes.Read(bytes[(i * PositionBytes.Length)..]);
        return marks;
    }

    /// <summary>The marks with one moved, never back.</summary>
    public static byte[] Move(ReadOnlySpan<byte> bytes, Position mark)
    {
        for (var at = 0; at + PositionBytes.Length <= bytes.Length; at += PositionBytes.Length)
        {
            var present = PositionBytes.Read(bytes[at..]);
            if (!present.IsComparableTo(mark))
                continue;
            var moved = bytes.ToArray();
            if (mark.Offset > present.Offset)
                PositionBytes.Write(mark, moved.AsSpan(at));
            return moved;
        }

        var longer = new byte[bytes.Length + PositionBytes.Length];
        bytes.CopyTo(longer);
        PositionBytes.Write(mark, longer.AsSpan(bytes.Length));
        return longer;
    }
}
