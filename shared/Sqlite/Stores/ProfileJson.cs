using System.Text.Json;
using CustomEvents.Events;

namespace CustomEvents.Sqlite.Stores;

/// <summary>A profile's <c>location</c> or <c>customFields</c> as relaxed Extended JSON, and back without loss: no value of a profile is an object.</summary>
internal static class ProfileJson
{
    /// <summary>Null where there are none.</summary>
    public static byte[]? Write(OrderedDictionary<string, ProfileValue> fields)
    {
        if (fields.Count == 0)
            return null;
        using var output = new ByteBuffer(512);
        output.Write("{"u8);
        var isFirst = true;
        foreach (var (key, value) in fields)
        {
            if (!isFirst)
                output.Write(","u8);
            isFirst = false;
            ExtendedJson.Write(output, key);
            output.Write(":"u8);
            switch (value.Kind)
            {
                case PropertyKind.String:
                    ExtendedJson.Write(output, value.Text!);
                    break;
                case PropertyKind.Integer:
                    ExtendedJson.Write(output, value.Bits);
                    break;
                case PropertyKind.Double:
                    ExtendedJson.Write(output, value.Double);
                    break;
                case PropertyKind.Boolean:
                    ExtendedJson.Write(output, value.Bits != 0);
                    break;
                case PropertyKind.Date:
                    ExtendedJson.Write(output, value.Date);
                    break;
                case PropertyKind.Json:
                    throw new ArgumentException("A profile holds no objects.", nameof(fields));
            }
        }

        output.Write("}"u8);
        return output.Slice(0, output.Length).ToArray();
    }

    public static void Read(ReadOnlySpan<byte> json, OrderedDictionary<string, ProfileValue> fields)
    {
        if (json.IsEmpty)
            return;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            fields[key] = reader.TokenType switch
            {
                JsonTokenType.String => ProfileValue.Of(reader.GetString()!),
                JsonTokenType.True => ProfileValue.Of(true),
                JsonTokenType.False => ProfileValue.Of(false),
                JsonTokenType.Number when reader.ValueSpan.ContainsAny(".eE"u8) => ProfileValue.Of(reader.GetDouble()),
                JsonTokenType.Number => ProfileValue.Of(reader.GetInt64()),
                _ => ProfileValue.Of(ExtendedJson.ReadDate(ref reader)),
            };
        }
    }
}
