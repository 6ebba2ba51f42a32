namespace CustomEvents.Events;

/// <summary>
/// A decimal of at most 34 significant digits: coefficient · 10^exponent, what IEEE 754's decimal128 holds.
/// Made by <see cref="TryParse"/> in its shortest form (no trailing zeros in the coefficient, 0 is 0 · 10^0).
/// </summary>
/// <param name="IsNegative">Its sign; 0 is never negative.</param>
/// <param name="Coefficient">0 to 10^34 − 1.</param>
/// <param name="Exponent">−6176 to 6111.</param>
public readonly record struct ExactDecimal(bool IsNegative, UInt128 Coefficient, int Exponent)
{
    /// <summary>Reads a JSON number; false where 34 digits or the exponent's range cannot hold it exactly.</summary>
    public static bool TryParse(ReadOnlySpan<byte> number, out ExactDecimal value) => throw new NotImplementedException();

    /// <summary>The two halves of its IEEE 754 decimal128 (binary integer decimal), as MongoDB's Decimal128 takes them.</summary>
    public (ulong High, ulong Low) ToIeee754() => throw new NotImplementedException();

    /// <summary>A JSON number of the same value, such as <c>99.9</c> or <c>1E+400</c>.</summary>
    public override string ToString() => throw new NotImplementedException();
}
