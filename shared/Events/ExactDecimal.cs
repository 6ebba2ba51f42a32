using System.Globalization;
using System.Text;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events;

/// <summary>
/// A decimal of at most 34 significant digits: coefficient · 10^exponent, what IEEE 754's decimal128 holds.
/// Made by <see cref="TryParse"/> in its shortest form (no trailing zeros in the coefficient but where the exponent
/// would pass its range, 0 is 0 · 10^0), so that equal values are equal.
/// </summary>
/// <param name="IsNegative">Its sign; 0 is never negative.</param>
/// <param name="Coefficient">0 to 10^34 − 1.</param>
/// <param name="Exponent">−6176 to 6111.</param>
public readonly record struct ExactDecimal(bool IsNegative, UInt128 Coefficient, int Exponent)
{
    private const int MaxDigits = 34;
    private const int MinExponent = -6176;
    private const int MaxExponent = 6111;

    /// <summary>Reads a JSON number; false where 34 digits or the exponent's range cannot hold it exactly, or it is no JSON number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> number, out ExactDecimal value)
    {
        value = default;
        return NumberParts.TryRead(number, out var parts) && TryMake(parts, out value);
    }

    internal static bool TryMake(in NumberParts parts, out ExactDecimal value)
    {
        value = default;
        if (parts.Digits > MaxDigits || parts.Exponent < MinExponent || parts.Magnitude > MaxExponent + MaxDigits - 1)
            return false;
        var coefficient = parts.Coefficient;
        var exponent = (int)parts.Exponent;
        if (exponent > MaxExponent)
        {
            coefficient *= NumberParts.PowerOfTen(exponent - MaxExponent);
            exponent = MaxExponent;
        }
        value = new ExactDecimal(parts.IsNegative, coefficient, exponent);
        return true;
    }

    /// <summary>The two halves of its IEEE 754 decimal128 (binary integer decimal), as MongoDB's Decimal128 takes them.</summary>
    public (ulong High, ulong Low) ToIeee754()
    {
        // 10^34 − 1 has 113 bits, so the form with the short exponent field is never needed.
        var high = (ulong)(Coefficient >> 64) | ((ulong)(Exponent - MinExponent) << 49);
        return (IsNegative ? high | (1UL << 63) : high, (ulong)Coefficient);
    }

    /// <summary>A JSON number of the same value, such as <c>99.9</c> or <c>1E+400</c>.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    /// <summary>Room for <see cref="Format"/>: a sign, 34 digits, a point or <c>0.00000</c>, an exponent.</summary>
    internal const int MaxTextLength = 64;

    /// <summary>Writes what <see cref="ToString"/> gives, and returns its length.</summary>
    internal int Format(Span<byte> text)
    {
        Span<byte> digits = stackalloc byte[40];
        Coefficient.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        digits = digits[..count];
        var magnitude = Exponent + count - 1;
        var written = 0;
        if (IsNegative)
            text[written++] = (byte)'-';
        var whole = Exponent == 0 ? count
            : Exponent > 0 || magnitude < -6 ? 1
            : Math.Max(magnitude + 1, 0);
        if (whole == 0)
        {
            "0.00000"u8[..(1 - magnitude)].CopyTo(text[written..]);
            written += 1 - magnitude;
        }
        digits[..whole].CopyTo(text[written..]);
        written += whole;
        if (whole < count)
        {
            if (whole > 0)
                text[written++] = (byte)'.';
            digits[whole..].CopyTo(text[written..]);
            written += count - whole;
        }
        if (Exponent > 0 || magnitude < -6)
        {
            text[written++] = (byte)'E';
            text[written++] = (byte)(magnitude < 0 ? '-' : '+');
            Math.Abs(magnitude).TryFormat(text[written..], out var length, default, CultureInfo.InvariantCulture);
            written += length;
        }
        return written;
    }
}
