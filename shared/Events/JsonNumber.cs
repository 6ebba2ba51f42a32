using System.Globalization;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events;

/// <summary>How a JSON number is stored, contract section 6.</summary>
public static class JsonNumber
{
    // Of so many significant digits every decimal survives the way to a double and back.
    private const int DigitsOfDouble = 15;

    /// <summary>
    /// The rule of <c>$extra</c> and of objects and arrays in <c>data</c>: a 64-bit integer or a double where that holds the value exactly,
    /// else a decimal of 34 digits; false where none does.
    /// </summary>
    /// <param name="number">A JSON number's bytes.</param>
    /// <param name="kind"><see cref="PropertyKind.Integer"/>, <see cref="PropertyKind.Double"/>, or <see cref="PropertyKind.Json"/> for the decimal.</param>
    /// <param name="bits">The integer, or the double's bits.</param>
    /// <param name="exact">The decimal.</param>
    public static bool TryReadExact(ReadOnlySpan<byte> number, out PropertyKind kind, out long bits, out ExactDecimal exact)
    {
        kind = PropertyKind.Integer;
        exact = default;
        if (TryReadShortInteger(number, out bits))
            return true;
        if (!NumberParts.TryRead(number, out var parts))
            return false;
        if (parts.TryToInt64(out bits))
            return true;
        if (!ExactDecimal.TryMake(parts, out exact))
            return false;
        if (TryReadDouble(number, parts, out var value) && IsShortestForm(value, parts))
        {
            kind = PropertyKind.Double;
            bits = BitConverter.DoubleToInt64Bits(value);
            exact = default;
            return true;
        }
        kind = PropertyKind.Json;
        bits = 0;
        return true;
    }

    /// <summary>The rule of top-level <c>data</c> and of <c>customFields</c>: a 64-bit integer where the value is one that fits, else a double; false where it overflows a double or underflows to 0.</summary>
    public static bool TryRead(ReadOnlySpan<byte> number, out PropertyKind kind, out long bits)
    {
        kind = PropertyKind.Integer;
        if (TryReadShortInteger(number, out bits))
            return true;
        if (!NumberParts.TryRead(number, out var parts))
            return false;
        if (parts.TryToInt64(out bits))
            return true;
        kind = PropertyKind.Double;
        if (!TryReadDouble(number, parts, out var value))
            return false;
        bits = BitConverter.DoubleToInt64Bits(value);
        return true;
    }

    /// <summary>A number as a double, +0 for every 0; false where it overflows one or underflows to 0.</summary>
    internal static bool TryReadDouble(ReadOnlySpan<byte> number, out double value)
    {
        value = 0;
        return NumberParts.TryRead(number, out var parts) && (parts.IsZero || TryReadDouble(number, parts, out value));
    }

    /// <summary>Whether <see cref="TryReadExact"/> can store it: whatever fits an integer or a double fits the decimal, too.</summary>
    internal static bool IsExact(ReadOnlySpan<byte> number) =>
        (number.Length <= 34 && number.IndexOfAny((byte)'e', (byte)'E') < 0) || ExactDecimal.TryParse(number, out _);

    private static bool TryReadShortInteger(ReadOnlySpan<byte> number, out long value)
    {
        value = 0;
        if (number.Length is 0 or > 18 || number[0] is < (byte)'1' or > (byte)'9')
            return false;
        foreach (var digit in number)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = (value * 10) + (digit - '0');
        }
        return true;
    }

    private static bool TryReadDouble(ReadOnlySpan<byte> number, in NumberParts parts, out double value)
    {
        value = 0;
        // Far outside the range it is known without a conversion, which a number of millions of digits would make dear.
        return parts.Magnitude is < 309 and > -325
            && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value) && value != 0;
    }

    private static bool IsShortestForm(double value, in NumberParts parts)
    {
        if (parts.Digits <= DigitsOfDouble && parts.Magnitude is > -300 and < 300)
            return true;
        if (parts.Digits > 17)
            return false;
        Span<byte> shortest = stackalloc byte[32];
        return value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture)
            && NumberParts.TryRead(shortest[..length], out var same)
            && same.Coefficient == parts.Coefficient && same.Exponent == parts.Exponent;
    }
}
