using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CustomEvents.Events;

namespace CustomEvents.Sqlite.Stores;

/// <summary>
/// Relaxed MongoDB Extended JSON v2: the form in which documents are stored, so that a reader sees the same on both deployments and SQLite's JSON
/// functions can look inside. Strings that are JSON already are copied as they were written.
/// </summary>
internal static class ExtendedJson
{
    private static readonly DateTime FirstReadable = DateTime.UnixEpoch;

    /// <summary>A string of the event's own JSON, its content as it was written.</summary>
    public static void WriteRaw(ByteBuffer output, ReadOnlySpan<byte> content)
    {
        output.Write("\""u8);
        output.Write(content);
        output.Write("\""u8);
    }

    /// <summary>A string.</summary>
    public static void Write(ByteBuffer output, string text)
    {
        output.Write("\""u8);
        output.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\""u8);
    }

    /// <summary>An integer.</summary>
    public static void Write(ByteBuffer output, long value)
    {
        Utf8Formatter.TryFormat(value, output.Reserve(20), out var written);
        output.Advance(written);
    }

    /// <summary>A double; one without a fraction is written with <c>.0</c>, so that it stays one.</summary>
    public static void Write(ByteBuffer output, double value)
    {
        var span = output.Reserve(40);
        value.TryFormat(span, out var written, "R", CultureInfo.InvariantCulture);
        if (!span[..written].ContainsAny(".E"u8))
        {
            ".0"u8.CopyTo(span[written..]);
            written += 2;
        }

        output.Advance(written);
    }

    /// <summary>True or false.</summary>
    public static void Write(ByteBuffer output, bool value) => output.Write(value ? "true"u8 : "false"u8);

    /// <summary>A date: as text where it is of the years 1970 to 9999, else as a number of milliseconds.</summary>
    public static void Write(ByteBuffer output, DateTime utc)
    {
        if (utc < FirstReadable)
        {
            output.Write("{\"$date\":{\"$numberLong\":\""u8);
            Write(output, utc.ToMilliseconds());
            output.Write("\"}}"u8);
            return;
        }

        output.Write("{\"$date\":\""u8);
        var whole = utc.Ticks % TimeSpan.TicksPerSecond < TimeSpan.TicksPerMillisecond;
        utc.TryFormat(
            output.Reserve(32), out var written, whole ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\"}"u8);
    }

    /// <summary>A decimal.</summary>
    public static void Write(ByteBuffer output, ExactDecimal value)
    {
        output.Write("{\"$numberDecimal\":\""u8);
        output.Write(Encoding.ASCII.GetBytes(value.ToString()));
        output.Write("\"}"u8);
    }

    /// <summary>A UUID, as binary data of subtype 4.</summary>
    public static void Write(ByteBuffer output, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        output.Write("{\"$binary\":{\"base64\":\""u8);
        Base64.EncodeToUtf8(bytes, output.Reserve(24), out _, out var written);
        output.Advance(written);
        output.Write("\",\"subType\":\"04\"}}"u8);
    }

    /// <summary>A customer's id.</summary>
    public static void Write(ByteBuffer output, CustomerId id)
    {
        Span<byte> bytes = stackalloc byte[12];
        id.WriteTo(bytes);
        output.Write("{\"$oid\":\""u8);
        Convert.TryToHexStringLower(bytes, output.Reserve(24), out var written);
        output.Advance(written);
        output.Write("\"}"u8);
    }

    /// <summary>A number of the event's own JSON inside an object or array, by the rule of contract section 6.</summary>
    public static void WriteExactNumber(ByteBuffer output, ReadOnlySpan<byte> number)
    {
        if (!JsonNumber.TryReadExact(number, out var kind, out var bits, out var exact))
            throw new ArgumentException("The number was not checked: it fits no type.", nameof(number));
        switch (kind)
        {
            case PropertyKind.Integer:
                Write(output, bits);
                break;
            case PropertyKind.Double:
                Write(output, BitConverter.Int64BitsToDouble(bits));
                break;
            default:
                Write(output, exact);
                break;
        }
    }

    /// <summary>An object or array of the event's own JSON: everything as it was written, but numbers and blanks.</summary>
    public static void WriteNested(ByteBuffer output, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.MaxDepth + 1 });
        var needsComma = false;
        while (reader.Read())
        {
            var token = reader.TokenType;
            if (needsComma && token is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
                output.Write(","u8);
            needsComma = true;
            switch (token)
            {
                case JsonTokenType.StartObject:
                    output.Write("{"u8);
                    needsComma = false;
                    break;
                case JsonTokenType.StartArray:
                    output.Write("["u8);
                    needsComma = false;
                    break;
                case JsonTokenType.EndObject:
                    output.Write("}"u8);
                    break;
                case JsonTokenType.EndArray:
                    output.Write("]"u8);
                    break;
                case JsonTokenType.PropertyName:
                    WriteRaw(output, reader.ValueSpan);
                    output.Write(":"u8);
                    needsComma = false;
                    break;
                case JsonTokenType.String:
                    WriteRaw(output, reader.ValueSpan);
                    break;
                case JsonTokenType.Number:
                    WriteExactNumber(output, reader.ValueSpan);
                    break;
                default:
                    output.Write(reader.ValueSpan);
                    break;
            }
        }
    }

    /// <summary>Reads a date's text or number of milliseconds; the reader stands before the object's member and then on its end.</summary>
    public static DateTime ReadDate(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Read();
        DateTime date;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            reader.Read();
            reader.Read();
            date = Times.FromMilliseconds(long.Parse(reader.GetString()!, CultureInfo.InvariantCulture));
            reader.Read();
        }
        else
        {
            date = reader.GetDateTime();
        }

        reader.Read();
        return date;
    }
}
