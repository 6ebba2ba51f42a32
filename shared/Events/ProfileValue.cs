namespace CustomEvents.Events;

/// <summary>A value on a profile.</summary>
/// <param name="Kind">Its type; never <see cref="PropertyKind.Json"/>.</param>
/// <param name="Text">A string's text; else null.</param>
/// <param name="Bits">The value of the other kinds, as in <see cref="Property.Bits"/>.</param>
public readonly record struct ProfileValue(PropertyKind Kind, string? Text, long Bits)
{
    /// <summary>A string.</summary>
    public static ProfileValue Of(string text) => new(PropertyKind.String, text, 0);

    /// <summary>A 64-bit integer.</summary>
    public static ProfileValue Of(long value) => new(PropertyKind.Integer, null, value);

    /// <summary>A double.</summary>
    public static ProfileValue Of(double value) => new(PropertyKind.Double, null, BitConverter.DoubleToInt64Bits(value));

    /// <summary>True or false.</summary>
    public static ProfileValue Of(bool value) => new(PropertyKind.Boolean, null, value ? 1 : 0);

    /// <summary>A date in UTC.</summary>
    public static ProfileValue Of(DateTime utc) => new(PropertyKind.Date, null, utc.Ticks);

    /// <summary>The value of a <see cref="PropertyKind.Double"/>.</summary>
    public double Double => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>The value of a <see cref="PropertyKind.Date"/>, in UTC.</summary>
    public DateTime Date => new(Bits, DateTimeKind.Utc);
}
