namespace CustomEvents.Events;

/// <summary>A typed member of <c>data</c>, <c>customFields</c> or <c>location</c>.</summary>
/// <param name="Key">Its name, a string's content in the source.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Text">A string's content or an object's or array's JSON in the source; else empty.</param>
/// <param name="Bits">The value of the other kinds; read it by <see cref="Integer"/>, <see cref="Double"/>, <see cref="Boolean"/> or <see cref="Date"/>.</param>
public readonly record struct Property(JsonSlice Key, PropertyKind Kind, JsonSlice Text, long Bits)
{
    /// <summary>The value of a <see cref="PropertyKind.Integer"/>.</summary>
    public long Integer => Bits;

    /// <summary>The value of a <see cref="PropertyKind.Double"/>.</summary>
    public double Double => BitConverter.Int64BitsToDouble(Bits);

    /// <summary>The value of a <see cref="PropertyKind.Boolean"/>.</summary>
    public bool Boolean => Bits != 0;

    /// <summary>The value of a <see cref="PropertyKind.Date"/>, in UTC.</summary>
    public DateTime Date => new(Bits, DateTimeKind.Utc);

    internal static Property OfText(JsonSlice key, PropertyKind kind, JsonSlice text) => new(key, kind, text, 0);

    internal static Property OfBits(JsonSlice key, PropertyKind kind, long bits) => new(key, kind, default, bits);
}
