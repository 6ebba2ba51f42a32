using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Sqlite.Stores;

/// <summary>An event as its rows hold it: the document and the segment entries, made by the lane so that the writer only copies.</summary>
internal sealed class EncodedEvent : IEncodedEvent
{
    private readonly ByteBuffer _bytes;
    private readonly int _start;
    private readonly int _documentLength;

    /// <param name="normalized">The event.</param>
    /// <param name="bytes">Where it is written, behind others.</param>
    public EncodedEvent(NormalizedEvent normalized, ByteBuffer bytes)
    {
        var source = normalized.Event;
        EventId = normalized.EventId;
        StoreId = normalized.StoreId;
        UniqueId = source.UniqueId;
        EventName = source.EventName;
        CustomerId = normalized.CustomerId;
        OccurredAt = normalized.OccurredAt.ToMilliseconds();
        ReceivedAt = normalized.ReceivedAt.ToMilliseconds();
        _bytes = bytes;
        _start = bytes.Length;
        EventDocument.Write(bytes, normalized);
        _documentLength = bytes.Length - _start;
        Entries = MakeEntries(source);
    }

    public Guid EventId { get; }

    public string StoreId { get; }

    public string? UniqueId { get; }

    public string EventName { get; }

    public CustomerId CustomerId { get; }

    public long OccurredAt { get; }

    public long ReceivedAt { get; }

    public SegmentEntry[] Entries { get; }

    public ReadOnlySpan<byte> Document => _bytes.Slice(_start, _documentLength);

    public ReadOnlySpan<byte> Key(in SegmentEntry entry) => _bytes.Slice(entry.KeyStart, entry.KeyLength);

    public ReadOnlySpan<byte> Text(in SegmentEntry entry) => _bytes.Slice(entry.TextStart, entry.TextLength);

    private SegmentEntry[] MakeEntries(CustomEvent source)
    {
        var count = 0;
        for (var i = 0; i < source.Data.Count; i++)
            count += source.Data[i].Kind == PropertyKind.Json ? 0 : 1;
        if (count == 0)
            return [];
        var entries = new SegmentEntry[count];
        count = 0;
        for (var i = 0; i < source.Data.Count; i++)
        {
            var property = source.Data[i];
            if (property.Kind == PropertyKind.Json)
                continue;
            var keyStart = Add(property.Key, source);
            var keyLength = _bytes.Length - keyStart;
            var (textStart, textLength) = (0, 0);
            var bits = property.Bits;
            if (property.Kind == PropertyKind.String)
            {
                textStart = Add(property.Text, source);
                textLength = SegmentType.Cut(_bytes.Slice(textStart, _bytes.Length - textStart)).Length;
            }
            else if (property.Kind == PropertyKind.Date)
            {
                bits = property.Date.ToMilliseconds();
            }

            entries[count++] = new SegmentEntry(keyStart, keyLength, property.Kind, bits, textStart, textLength);
        }

        return entries;
    }

    private int Add(JsonSlice text, CustomEvent source)
    {
        var start = _bytes.Length;
        _bytes.Advance(text.CopyTextTo(source.Source, _bytes.Reserve(text.Length)));
        return start;
    }
}
