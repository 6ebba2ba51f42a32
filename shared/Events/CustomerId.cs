using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CustomEvents.Events;

/// <summary>A customer's id: 12 bytes, 24 hexadecimal digits in text (MongoDB's ObjectId). It is the store's own (contract section 11).</summary>
public readonly record struct CustomerId : IComparable<CustomerId>
{
    private readonly ulong _high;
    private readonly uint _low;

    /// <summary>Takes the 12 bytes in their order.</summary>
    public CustomerId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 12)
            throw new ArgumentException($"A customer's id has 12 bytes, not {bytes.Length}.", nameof(bytes));
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
    }

    /// <summary>Reads 24 hexadecimal digits of any case; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out CustomerId id)
    {
        id = default;
        Span<byte> ascii = stackalloc byte[24];
        return text.Length == 24 && Ascii.FromUtf16(text, ascii, out _) == OperationStatus.Done && TryParse(ascii, out id);
    }

    /// <summary>The same of ASCII bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out CustomerId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[12];
        if (text.Length != 24 || Convert.FromHexString(text, bytes, out _, out _) != OperationStatus.Done)
            return false;
        id = new CustomerId(bytes);
        return true;
    }

    /// <summary>Writes the 12 bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], _low);
    }

    /// <inheritdoc />
    public int CompareTo(CustomerId other) => _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    /// <summary>24 hexadecimal digits in lower case.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[12];
        WriteTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Orders by bytes.</summary>
    public static bool operator <(CustomerId left, CustomerId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by bytes.</summary>
    public static bool operator >(CustomerId left, CustomerId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by bytes.</summary>
    public static bool operator <=(CustomerId left, CustomerId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by bytes.</summary>
    public static bool operator >=(CustomerId left, CustomerId right) => left.CompareTo(right) >= 0;
}
