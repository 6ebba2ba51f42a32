using System.Text;

namespace CustomEvents.Events.Parsing;

/// <summary>Text as UTF-8 bytes that are known to be valid: escapes, lengths, white space, excerpts.</summary>
internal static class Utf8Text
{
    /// <summary>
    /// Takes the escapes off a JSON string's content. False where a surrogate stands alone, for which U+FFFD is
    /// written. The destination needs as much room as the source: no escape is shorter than its character.
    /// </summary>
    public static bool Unescape(ReadOnlySpan<byte> raw, Span<byte> destination, out int written)
    {
        var valid = true;
        written = 0;
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            if (escape < 0)
            {
                raw.CopyTo(destination[written..]);
                written += raw.Length;
                return valid;
            }
            raw[..escape].CopyTo(destination[written..]);
            written += escape;
            var kind = raw[escape + 1];
            raw = raw[(escape + 2)..];
            if (kind != 'u')
            {
                destination[written++] = kind switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    _ => kind,
                };
                continue;
            }
            var code = Hex4(raw);
            raw = raw[4..];
            if (char.IsHighSurrogate((char)code) && raw.Length >= 6 && raw[0] == '\\' && raw[1] == 'u'
                && char.IsLowSurrogate((char)Hex4(raw[2..])))
            {
                code = char.ConvertToUtf32((char)code, (char)Hex4(raw[2..]));
                raw = raw[6..];
            }
            else if (char.IsSurrogate((char)code))
            {
                valid = false;
                code = Rune.ReplacementChar.Value;
            }
            written += new Rune(code).EncodeToUtf8(destination[written..]);
        }
    }

    /// <summary>Code points.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var unit in text)
        {
            if ((unit & 0xC0) != 0x80)
                count++;
        }
        return count;
    }

    /// <summary>Without Unicode white space (<c>White_Space</c>) at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0 && Rune.DecodeFromUtf8(text, out var rune, out var length) == System.Buffers.OperationStatus.Done
               && Rune.IsWhiteSpace(rune))
            text = text[length..];
        while (text.Length > 0 && Rune.DecodeLastFromUtf8(text, out var rune, out var length) == System.Buffers.OperationStatus.Done
               && Rune.IsWhiteSpace(rune))
            text = text[..^length];
        return text;
    }

    /// <summary>Whether a character of category Cc is there: U+0000 to U+001F, U+007F to U+009F.</summary>
    public static bool HasControl(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var unit = text[i];
            if (unit < 0x20 || unit == 0x7F || (unit == 0xC2 && i + 1 < text.Length && text[i + 1] < 0xA0))
                return true;
        }
        return false;
    }

    /// <summary>An excerpt for people, in quotes: at most <see cref="Limits.MaxEcho"/> characters, none of them a control character.</summary>
    public static string Echo(ReadOnlySpan<byte> text)
    {
        var cut = text;
        if (cut.Length > Limits.MaxEcho * 4)
            cut = cut[..(Limits.MaxEcho * 4)];
        var excerpt = Encoding.UTF8.GetString(cut);
        var whole = cut.Length == text.Length;
        if (excerpt.Length > Limits.MaxEcho)
        {
            var end = char.IsHighSurrogate(excerpt[Limits.MaxEcho - 1]) ? Limits.MaxEcho - 1 : Limits.MaxEcho;
            excerpt = excerpt[..end];
            whole = false;
        }
        var quoted = string.Create(excerpt.Length + 2, excerpt, static (target, from) =>
        {
            target[0] = target[^1] = '"';
            for (var i = 0; i < from.Length; i++)
                target[i + 1] = char.IsControl(from[i]) || char.GetUnicodeCategory(from[i]) is
                    System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
                    ? '\uFFFD' : from[i];
        });
        return whole ? quoted : quoted + "…";
    }

    private static int Hex4(ReadOnlySpan<byte> digits) =>
        (HexDigit(digits[0]) << 12) | (HexDigit(digits[1]) << 8) | (HexDigit(digits[2]) << 4) | HexDigit(digits[3]);

    private static int HexDigit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
