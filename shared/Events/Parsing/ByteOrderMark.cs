namespace CustomEvents.Events.Parsing;

/// <summary>The mark U+FEFF that some writers put before UTF-8 text (contract section 5: skipped).</summary>
internal static class ByteOrderMark
{
    public static ReadOnlyMemory<byte> Skip(ReadOnlyMemory<byte> text) => text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
