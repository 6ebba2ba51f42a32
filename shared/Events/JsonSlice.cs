namespace CustomEvents.Events;

/// <summary>
/// A place in the UTF-8 JSON that an event was read from: a string's content between its quotes as it was written, or
/// a whole value. The event keeps the bytes (<see cref="CustomEvent.Source"/>), so that nothing is copied.
/// </summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="IsEscaped">Whether a string has escapes, so that its bytes are not its text.</param>
public readonly record struct JsonSlice(int Start, int Length, bool IsEscaped)
{
    /// <summary>The bytes as they were written.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlyMemory<byte> source) => source.Span.Slice(Start, Length);
}
