using System.Buffers.Text;
using System.Globalization;

namespace CustomEvents.Events.Normalized;

/// <summary>
/// Writes JSON into a buffer that is known to be large enough. Not <c>Utf8JsonWriter</c>, which escapes what needs no
/// escape and would make a normalized record up to three times its raw one.
/// </summary>
internal ref struct JsonOutput(Span<byte> buffer)
{
    /// <summary>The most bytes that a character of a string can take: <c>\u0000</c>.</summary>
    public const int MaxBytesOfChar = 6;

    /// <summary>The most bytes of a number.</summary>
    public const int MaxBytesOfNumber = 32;

    private readonly Span<byte> _buffer = buffer;

    public int Written { get; private set; }

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Written..]);
        Written += bytes.Length;
    }

    /// <summary>A string whose content stands in quotes already as it must.</summary>
    public void Quoted(scoped ReadOnlySpan<byte> content)
    {
        _buffer[Written++] = (byte)'"';
        Raw(content);
        _buffer[Written++] = (byte)'"';
    }

    /// <summary>A string, with the escapes that JSON demands and no others.</summary>
    public void Text(string text)
    {
        _buffer[Written++] = (byte)'"';
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"' or '\\':
                    _buffer[Written++] = (byte)'\\';
                    _buffer[Written++] = (byte)rune.Value;
                    break;
                case < 0x20:
                    Raw(rune.Value < 0x10 ? "\\u000"u8 : "\\u001"u8);
                    _buffer[Written++] = "0123456789abcdef"u8[rune.Value & 0xF];
                    break;
                default:
                    Written += rune.EncodeToUtf8(_buffer[Written..]);
                    break;
            }
        }
        _buffer[Written++] = (byte)'"';
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer[Written..], out var length);
        Written += length;
    }

    /// <summary>A double in its shortest form, always with a point or an exponent, so that a reader knows that it is one.</summary>
    public void Number(double value)
    {
        value.TryFormat(_buffer[Written..], out var length, "R", CultureInfo.InvariantCulture);
        var isInteger = _buffer.Slice(Written, length).IndexOfAny((byte)'.', (byte)'E') < 0;
        Written += length;
        if (isInteger)
            Raw(".0"u8);
    }

    public void Id(Guid id)
    {
        _buffer[Written++] = (byte)'"';
        id.TryFormat(_buffer[Written..], out var length);
        Written += length;
        _buffer[Written++] = (byte)'"';
    }
}
