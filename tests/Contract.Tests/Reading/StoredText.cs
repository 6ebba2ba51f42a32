using System.Globalization;
using System.Text.Json;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Reading;

/// <summary>Writes a stored value with its type, so that a table can say what is expected in one line.</summary>
public static class StoredText
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>Long(5)</c>, <c>Double(0.1)</c>, <c>Decimal(1.10)</c>, <c>Date(…)</c>, <c>"text"</c>, <c>{"a":Long(1)}</c>; <c>absent</c> for what is not there.</summary>
    public static string Of(BsonValue? value) => value switch
    {
        null => "absent",
        BsonInt64 number => $"Long({number.Value})",
        BsonInt32 number => $"Int({number.Value})",
        BsonDouble number => $"Double({number.Value.ToString("R", CultureInfo.InvariantCulture)})",
        BsonDecimal128 number => $"Decimal({number.Value})",
        BsonDateTime date => $"Date({DateTime.UnixEpoch.AddMilliseconds(date.MillisecondsSinceEpoch).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)})",
        BsonString text => JsonSerializer.Serialize(text.Value, Plain),
        BsonBoolean flag => flag.Value ? "true" : "false",
        BsonNull => "null",
        BsonObjectId id => $"ObjectId({id.Value})",
        BsonBinaryData { SubType: BsonBinarySubType.UuidStandard } id => $"UUID({id.ToGuid(GuidRepresentation.Standard)})",
        BsonArray items => $"[{string.Join(',', items.Select(Of))}]",
        BsonDocument members => $"{{{string.Join(',', members.Select(static member => $"{JsonSerializer.Serialize(member.Name, Plain)}:{Of(member.Value)}"))}}}",
        _ => $"{value.BsonType}({value})",
    };

    /// <summary>A member, or <c>absent</c>.</summary>
    public static string Member(this BsonDocument document, string name) => Of(document.GetValue(name, null));
}
