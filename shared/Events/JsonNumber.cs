namespace CustomEvents.Events;

/// <summary>How a JSON number is stored, contract section 6.</summary>
public static class JsonNumber
{
    /// <summary>
    /// The rule of <c>$extra</c> and of objects and arrays in <c>data</c>: a 64-bit integer or a double where that holds the value exactly,
    /// else a decimal of 34 digits; false where none does.
    /// </summary>
    /// <param name="number">A JSON number's bytes.</param>
    /// <param name="kind"><see cref="PropertyKind.Integer"/>, <see cref="PropertyKind.Double"/>, or <see cref="PropertyKind.Json"/> for the decimal.</param>
    /// <param name="bits">The integer, or the double's bits.</param>
    /// <param name="exact">The decimal.</param>
    public static bool TryReadExact(ReadOnlySpan<byte> number, out PropertyKind kind, out long bits, out ExactDecimal exact) =>
        throw new NotImplementedException();

    /// <summary>The rule of top-level <c>data</c> and of <c>customFields</c>: a 64-bit integer where the value is one that fits, else a double; false where it overflows a double or underflows to 0.</summary>
    public static bool TryRead(ReadOnlySpan<byte> number, out PropertyKind kind, out long bits) => throw new NotImplementedException();
}
