namespace CustomEvents.Events.Parsing;

/// <summary>A JSON number taken apart without rounding: ±coefficient · 10^exponent, with no zeros at the coefficient's end.</summary>
internal readonly ref struct NumberParts
{
    private const long ExponentCap = 1_000_000_000_000;

    private NumberParts(bool isNegative, UInt128 coefficient, long digits, long exponent)
    {
        IsNegative = isNegative && digits > 0;
        Coefficient = coefficient;
        Digits = digits;
        Exponent = digits > 0 ? exponent : 0;
    }

    public bool IsNegative { get; }

    /// <summary>The coefficient, where there are at most 34 <see cref="Digits"/>.</summary>
    public UInt128 Coefficient { get; }

    /// <summary>Significant digits, without zeros at either end; none for 0.</summary>
    public long Digits { get; }

    /// <summary>The power of ten of the last significant digit.</summary>
    public long Exponent { get; }

    /// <summary>The power of ten of the first significant digit.</summary>
    public long Magnitude => Exponent + Digits - 1;

    public bool IsZero => Digits == 0;

    /// <summary>Whether the value is an integer of at most 19 digits; it may still be too large for 64 bits.</summary>
    public bool TryToInt64(out long value)
    {
        value = 0;
        if (Digits == 0)
            return true;
        if (Exponent < 0 || Magnitude > 18)
            return false;
        var absolute = Coefficient * PowerOfTen((int)Exponent);
        if (absolute > (UInt128)long.MaxValue + (IsNegative ? UInt128.One : UInt128.Zero))
            return false;
        value = IsNegative ? -(long)(absolute - 1) - 1 : (long)absolute;
        return true;
    }

    /// <summary>Reads a JSON number of any length in one pass; false where the text is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out NumberParts parts)
    {
        parts = default;
        var i = 0;
        var isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative)
            i++;
        var integerStart = i;
        var coefficient = UInt128.Zero;
        ulong low = 0;
        long digits = 0;
        long zeros = 0;
        long fraction = 0;
        var afterPoint = false;
        for (; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit > 9)
            {
                if (text[i] != '.' || afterPoint || i == integerStart)
                    break;
                afterPoint = true;
                continue;
            }
            if (afterPoint)
                fraction++;
            if (digit == 0)
            {
                if (digits > 0)
                    zeros++;
                continue;
            }
            digits += zeros + 1;
            if (digits <= 19)
            {
                for (; zeros >= 0; zeros--)
                    low *= 10;
                low += digit;
                coefficient = low;
            }
            else if (digits <= 34)
            {
                coefficient = (coefficient * PowerOfTen((int)zeros + 1)) + digit;
            }
            zeros = 0;
        }
        if (i == integerStart || (afterPoint && fraction == 0))
            return false;
        if (text[integerStart] == '0' && i > integerStart + 1 && text[integerStart + 1] is >= (byte)'0' and <= (byte)'9')
            return false;
        long exponent = 0;
        if (i < text.Length && !TryReadExponent(text[i..], out exponent))
            return false;
        parts = new NumberParts(isNegative, coefficient, digits, exponent - fraction + zeros);
        return true;
    }

    public static UInt128 PowerOfTen(int power)
    {
        if (power > 19)
            return (UInt128)10_000_000_000_000_000_000 * PowerOfTen(power - 19);
        ulong result = 1;
        for (; power > 0; power--)
            result *= 10;
        return result;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        if ((text[0] | 0x20) != 'e')
            return false;
        var i = 1;
        var isNegative = text.Length > 1 && text[1] == '-';
        if (text.Length > 1 && text[1] is (byte)'-' or (byte)'+')
            i++;
        if (i == text.Length)
            return false;
        for (; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit > 9)
                return false;
            exponent = Math.Min((exponent * 10) + digit, ExponentCap);
        }
        if (isNegative)
            exponent = -exponent;
        return true;
    }
}
