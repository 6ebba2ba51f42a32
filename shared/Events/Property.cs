namespace CustomEvents.Events;

/// <summary>A typed member of <c>data</c>, <c>customFields</c> or <c>location</c>.</summary>
public readonly record struct Property
{
    // A text's place or the value: never both, so that one of up to a thousand properties takes 24 bytes and not 32.
    private readonly long _value;

    /// <summary>Takes a text's place, or the value's bits, by the kind.</summary>
    public Property(JsonSlice key, PropertyKind kind, JsonSlice text, long bits)
    {
        Key = key;
        Kind = kind;
        _value = IsText(kind) ? text.ToBits() : bits;
    }

    /// <summary>Its name, a string's content in the source.</summary>
    public JsonSlice Key { get; }

    /// <summary>Its type.</summary>
    public PropertyKind Kind { get; }

    /// <summary>A string's content or an object's or array's JSON in the source; else empty.</summary>
    public JsonSlice Text => IsText(Kind) ? JsonSlice.FromBits(_value) : default;

    /// <summary>The value of the other kinds; read it by <see cref="Integer"/>, <see cref="Double"/>, <see cref="Boolean"/> or <see cref="Date"/>.</summary>
    public long Bits => IsText(Kind) ? 0 : _value;

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

    private static bool IsText(PropertyKind kind) => kind is PropertyKind.String or PropertyKind.Json;
}
