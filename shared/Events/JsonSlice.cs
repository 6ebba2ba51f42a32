using System.Buffers;
using System.Text;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events;

/// <summary>
/// A place in the UTF-8 JSON that an event was read from: a string's content between its quotes as it was written, or
/// a whole value. The event keeps the bytes (<see cref="CustomEvent.Source"/>), so that nothing is copied.
/// </summary>
public readonly record struct JsonSlice
{
    // The flag stands in the sign: an event has hundreds of slices, and 8 bytes for each instead of 12 are felt.
    private readonly int _lengthAndFlag;

    /// <param name="start">The first byte.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="isEscaped">Whether a string has escapes, so that its bytes are not its text.</param>
    public JsonSlice(int start, int length, bool isEscaped)
    {
        Start = start;
        _lengthAndFlag = isEscaped ? ~length : length;
    }

    /// <summary>The first byte.</summary>
    public int Start { get; }

    /// <summary>How many bytes; a string's text has as many or fewer.</summary>
    public int Length => _lengthAndFlag < 0 ? ~_lengthAndFlag : _lengthAndFlag;

    /// <summary>Whether a string has escapes, so that its bytes are not its text.</summary>
    public bool IsEscaped => _lengthAndFlag < 0;

    /// <summary>The bytes as they were written.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlyMemory<byte> source) => source.Span.Slice(Start, Length);

    /// <summary>The bytes as they were written.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> source) => source.Slice(Start, Length);

    /// <summary>A string's text, without its escapes.</summary>
    public string ToText(ReadOnlyMemory<byte> source)
    {
        var raw = Of(source);
        if (!IsEscaped)
            return Encoding.UTF8.GetString(raw);
        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        Utf8Text.Unescape(raw, buffer, out var written);
        var text = Encoding.UTF8.GetString(buffer, 0, written);
        ArrayPool<byte>.Shared.Return(buffer);
        return text;
    }

    /// <summary>The same of a text that comes again and again, as names do: mostly a string that is there already.</summary>
    public string ToFrequentText(ReadOnlyMemory<byte> source) => IsEscaped ? FrequentTexts.Of(ToText(source)) : FrequentTexts.Of(Of(source));

    /// <summary>Copies a string's text as UTF-8, without its escapes; <paramref name="destination"/> has room for <see cref="Length"/> bytes.</summary>
    /// <returns>How many bytes the text has.</returns>
    public int CopyTextTo(ReadOnlyMemory<byte> source, Span<byte> destination)
    {
        var raw = Of(source);
        if (IsEscaped)
        {
            Utf8Text.Unescape(raw, destination, out var written);
            return written;
        }
        raw.CopyTo(destination);
        return raw.Length;
    }

    /// <summary>Writes a string's text as UTF-8, without its escapes.</summary>
    public void WriteTextTo(ReadOnlyMemory<byte> source, IBufferWriter<byte> output)
    {
        if (Length > 0)
            output.Advance(CopyTextTo(source, output.GetSpan(Length)));
    }

    /// <summary>Whether a string's text is this one, to the letter.</summary>
    public bool TextEquals(ReadOnlyMemory<byte> source, string text)
    {
        var raw = Of(source);
        if (!IsEscaped && Ascii.IsValid(raw))
            return Ascii.Equals(raw, text);
        return string.Equals(ToText(source), text, StringComparison.Ordinal);
    }

    internal long ToBits() => ((long)_lengthAndFlag << 32) | (uint)Start;

    internal static JsonSlice FromBits(long bits) => new((int)bits, (int)(bits >> 32));

    private JsonSlice(int start, int lengthAndFlag)
    {
        Start = start;
        _lengthAndFlag = lengthAndFlag;
    }
}
