using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CustomEvents.Events;
using MongoDB.Bson;

namespace CustomEvents.MongoDb.Documents;

/// <summary>
/// Writes BSON into one pooled buffer, from UTF-8 to UTF-8. Own code and not the driver's writer, since that takes every key and string as a
/// .NET string: an event would be decoded and encoded again for each.
/// </summary>
internal sealed class BsonBuffer(int capacity) : IDisposable
{
    private const byte Double = 0x01, String = 0x02, Object = 0x03, Array = 0x04, Binary = 0x05, ObjectId = 0x07, Boolean = 0x08, Date = 0x09,
        Null = 0x0A, Int32 = 0x10, Int64 = 0x12, Decimal128 = 0x13;

    // The shared pool keeps an array of each size for each thread that ever gave one back: tens of MB of these. This one has as many as were in use at once; 2 MiB take a
    // command, grown for an item that is one too many.
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(maxArrayLength: 2 * 1024 * 1024, maxArraysPerBucket: 64);

    private byte[] _bytes = Pool.Rent(capacity);
    private int _length;

    /// <summary>How much is written, in bytes.</summary>
    public int Length => _length;

    /// <summary>The buffer itself; it moves when it grows.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>What is written, a document whose names are numbers, as the driver's array; valid until more is written.</summary>
    public RawBsonArray ToArray() => new(new MongoDB.Bson.IO.ByteArrayBuffer(_bytes, _length, isReadOnly: true));

    /// <summary>Begins a document by itself, or a value whose name was written; returns where, for <see cref="End"/>.</summary>
    public int Begin()
    {
        Reserve(4);
        _length += 4;
        return _length - 4;
    }

    public int BeginDocument(ReadOnlySpan<byte> name)
    {
        Name(Object, name);
        return Begin();
    }

    /// <summary>What stands before a document that is an element of an array; the document follows.</summary>
    public void Element(int index)
    {
        Byte(Object);
        Index(index);
    }

    /// <summary>An element of an array.</summary>
    public void Element(int index, Guid value)
    {
        Byte(Binary);
        Index(index);
        GuidValue(value);
    }

    /// <summary>Bytes that are BSON already.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Takes back what was written behind a length.</summary>
    public void Shrink(int length) => _length = length;

    public void End(int start)
    {
        Byte(0);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start), _length - start);
    }

    public void Write(ReadOnlySpan<byte> name, string value)
    {
        Name(String, name);
        StringValue(value);
    }

    public void WriteUtf8(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(String, name);
        Utf8Value(value);
    }

    public void Write(ReadOnlySpan<byte> name, bool value)
    {
        Name(Boolean, name);
        BooleanValue(value);
    }

    public void Write(ReadOnlySpan<byte> name, DateTime utc)
    {
        Name(Date, name);
        Int64Value(Times.ToMilliseconds(utc));
    }

    public void Write(ReadOnlySpan<byte> name, long value)
    {
        Name(Int64, name);
        Int64Value(value);
    }

    public void Write(ReadOnlySpan<byte> name, int value)
    {
        Name(Int32, name);
        Reserve(4);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), value);
        _length += 4;
    }

    public void Write(ReadOnlySpan<byte> name, Guid value)
    {
        Name(Binary, name);
        GuidValue(value);
    }

    public void Write(ReadOnlySpan<byte> name, CustomerId value)
    {
        Name(ObjectId, name);
        Reserve(12);
        value.WriteTo(_bytes.AsSpan(_length));
        _length += 12;
    }

    public void Write(ReadOnlySpan<byte> name, in ExactDecimal value)
    {
        Name(Decimal128, name);
        DecimalValue(value);
    }

    public void Write(ReadOnlySpan<byte> name, in Position position)
    {
        var start = BeginDocument(name);
        Write("topic"u8, position.TopicId);
        Write("partition"u8, position.Partition);
        Write("offset"u8, position.Offset);
        End(start);
    }

    /// <summary>A value of a profile, whose name is in two parts.</summary>
    public void Write(ReadOnlySpan<byte> prefix, string name, in ProfileValue value)
    {
        var type = Reserved();
        Append(prefix);
        Text(name);
        Byte(0);
        switch (value.Kind)
        {
            case PropertyKind.String:
                _bytes[type] = String;
                StringValue(value.Text!);
                break;
            case PropertyKind.Json:
                throw new InvalidOperationException("A profile holds no objects or arrays.");
            default:
                _bytes[type] = BitsValue(value.Kind, value.Bits);
                break;
        }
    }

    /// <summary>A member of <c>data</c>.</summary>
    public void Write(in Property property, ReadOnlyMemory<byte> source)
    {
        var type = Reserved();
        SliceText(property.Key, source);
        Byte(0);
        switch (property.Kind)
        {
            case PropertyKind.String:
                _bytes[type] = String;
                var start = Begin();
                SliceText(property.Text, source);
                EndString(start);
                break;
            case PropertyKind.Json:
                _bytes[type] = source.Span[property.Text.Start] == '[' ? Array : Object;
                Json(property.Text.Of(source));
                break;
            default:
                _bytes[type] = BitsValue(property.Kind, property.Bits);
                break;
        }
    }

    /// <summary>An object by the rules of <c>$extra</c> (contract section 6).</summary>
    public void WriteJson(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        Name(Object, name);
        Json(json);
    }

    /// <summary>A string value from parts that the caller appends; end it with <see cref="EndString"/>.</summary>
    public int BeginString(ReadOnlySpan<byte> name)
    {
        Name(String, name);
        return Begin();
    }

    public void EndString(int start)
    {
        Byte(0);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start), _length - start - 4);
    }

    /// <summary>Room for raw bytes; <see cref="Advance"/> takes what was used.</summary>
    public Span<byte> Span(int size)
    {
        Reserve(size);
        return _bytes.AsSpan(_length);
    }

    public void Advance(int count) => _length += count;

    public void Dispose()
    {
        Pool.Return(_bytes);
        _bytes = [];
    }

    private void Json(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.MaxDepth + 1 });
        Span<int> starts = stackalloc int[Limits.MaxDepth + 1];
        Span<int> indexes = stackalloc int[Limits.MaxDepth + 1]; // Of the next element; -1 in an object.
        var depth = -1;
        var type = 0;
        while (reader.Read())
        {
            var token = reader.TokenType;
            if (token == JsonTokenType.PropertyName)
            {
                type = Reserved();
                Text(ref reader);
                Byte(0);
                continue;
            }

            if (token is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                End(starts[depth--]);
                continue;
            }

            if (depth >= 0 && indexes[depth] >= 0)
            {
                type = Reserved();
                Index(indexes[depth]++);
            }

            var code = Value(ref reader, token);
            if (depth >= 0)
                _bytes[type] = code;
            if (token is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                starts[++depth] = Begin();
                indexes[depth] = token == JsonTokenType.StartArray ? 0 : -1;
            }
        }
    }

    private byte Value(ref Utf8JsonReader reader, JsonTokenType token)
    {
        switch (token)
        {
            case JsonTokenType.StartObject:
                return Object;
            case JsonTokenType.StartArray:
                return Array;
            case JsonTokenType.String:
                var start = Begin();
                Text(ref reader);
                EndString(start);
                return String;
            case JsonTokenType.True or JsonTokenType.False:
                BooleanValue(token == JsonTokenType.True);
                return Boolean;
            case JsonTokenType.Null:
                return Null;
            case JsonTokenType.Number:
                if (!JsonNumber.TryReadExact(reader.ValueSpan, out var kind, out var bits, out var exact))
                    throw new InvalidOperationException("A normalized event has a number that no type of the store holds; the parser refuses those.");
                if (kind == PropertyKind.Json)
                {
                    DecimalValue(exact);
                    return Decimal128;
                }

                Int64Value(bits);
                return kind == PropertyKind.Integer ? Int64 : Double;
            default:
                throw new UnreachableException();
        }
    }

    private void Text(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
        {
            Reserve(reader.ValueSpan.Length);
            _length += reader.CopyString(_bytes.AsSpan(_length));
            return;
        }

        Append(reader.ValueSpan);
    }

    private void SliceText(JsonSlice slice, ReadOnlyMemory<byte> source)
    {
        Reserve(slice.Length);
        _length += slice.CopyTextTo(source, _bytes.AsSpan(_length));
    }

    private void StringValue(string value)
    {
        var start = Begin();
        Text(value);
        EndString(start);
    }

    private void Text(string value)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(value.Length));
        _length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(_length));
    }

    private void Utf8Value(ReadOnlySpan<byte> value)
    {
        var start = Begin();
        Append(value);
        EndString(start);
    }

    private void DecimalValue(in ExactDecimal value)
    {
        var (high, low) = value.ToIeee754();
        Int64Value((long)low);
        Int64Value((long)high);
    }

    private void GuidValue(Guid value)
    {
        Reserve(21);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), 16);
        _bytes[_length + 4] = 4;
        value.TryWriteBytes(_bytes.AsSpan(_length + 5), bigEndian: true, out _);
        _length += 21;
    }

    /// <summary>A value that is held as 64 bits, as <see cref="Property.Bits"/> and <see cref="ProfileValue.Bits"/> do; returns its type.</summary>
    private byte BitsValue(PropertyKind kind, long bits)
    {
        switch (kind)
        {
            case PropertyKind.Integer:
                Int64Value(bits);
                return Int64;
            case PropertyKind.Double:
                Int64Value(bits);
                return Double;
            case PropertyKind.Boolean:
                BooleanValue(bits != 0);
                return Boolean;
            case PropertyKind.Date:
                Int64Value(Times.ToMilliseconds(new DateTime(bits, DateTimeKind.Utc)));
                return Date;
            default:
                throw new UnreachableException();
        }
    }

    private void BooleanValue(bool value) => Byte(value ? (byte)1 : (byte)0);

    private void Int64Value(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length), value);
        _length += 8;
    }

    private void Name(byte type, ReadOnlySpan<byte> name)
    {
        Reserve(name.Length + 2);
        _bytes[_length++] = type;
        name.CopyTo(_bytes.AsSpan(_length));
        _length += name.Length;
        _bytes[_length++] = 0;
    }

    private void Index(int index)
    {
        Reserve(12);
        index.TryFormat(_bytes.AsSpan(_length), out var digits, provider: CultureInfo.InvariantCulture);
        _length += digits;
        Byte(0);
    }

    private int Reserved()
    {
        Byte(0);
        return _length - 1;
    }

    private void Byte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - _length >= size)
            return;
        var larger = Pool.Rent(Math.Max(_length + size, _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        Pool.Return(_bytes);
        _bytes = larger;
    }
}
