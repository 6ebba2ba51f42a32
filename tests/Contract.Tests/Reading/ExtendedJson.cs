using System.Globalization;
using System.Text.Json;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Reading;

/// <summary>
/// Reads relaxed Extended JSON as the operator's commands print it. The driver's own reader takes small integers for 32-bit ones, which the
/// text does not say.
/// </summary>
public static class ExtendedJson
{
    /// <summary>The value with its type.</summary>
    public static BsonValue Read(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => ReadObject(json),
        JsonValueKind.Array => new BsonArray(json.EnumerateArray().Select(Read)),
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Number => ReadNumber(json.GetRawText()),
        JsonValueKind.True => BsonBoolean.True,
        JsonValueKind.False => BsonBoolean.False,
        _ => BsonNull.Value,
    };

    private static BsonValue ReadNumber(string text) =>
        text.AsSpan().ContainsAny('.', 'e', 'E') ? new BsonDouble(double.Parse(text, CultureInfo.InvariantCulture)) : new BsonInt64(long.Parse(text, CultureInfo.InvariantCulture));

    private static BsonValue ReadObject(JsonElement json)
    {
        var members = json.EnumerateObject().ToArray();
        if (members.Length == 1)
        {
            var value = members[0].Value;
            switch (members[0].Name)
            {
                case "$oid":
                    return ObjectId.Parse(value.GetString());
                case "$date":
                    return value.ValueKind == JsonValueKind.String
                        ? new BsonDateTime(value.GetDateTime())
                        : new BsonDateTime(long.Parse(value.GetProperty("$numberLong").GetString()!, CultureInfo.InvariantCulture));
                case "$numberDecimal":
                    return Decimal128.Parse(value.GetString());
                case "$numberLong":
                    return long.Parse(value.GetString()!, CultureInfo.InvariantCulture);
                case "$numberDouble":
                    return double.Parse(value.GetString()!, CultureInfo.InvariantCulture);
                case "$binary":
                    return new BsonBinaryData(
                        value.GetProperty("base64").GetBytesFromBase64(),
                        (BsonBinarySubType)Convert.ToByte(value.GetProperty("subType").GetString(), 16));
                case "$uuid":
                    return new BsonBinaryData(value.GetGuid(), GuidRepresentation.Standard);
            }
        }

        var document = new BsonDocument();
        foreach (var member in members)
            document.Add(member.Name, Read(member.Value));
        return document;
    }
}
