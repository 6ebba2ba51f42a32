using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;

namespace CustomEvents.Tests.Events;

/// <summary>Generates JSON of valid events: any text, with and without escapes, all kinds of values, everything optional present or not.</summary>
internal static class EventGen
{
    private static readonly Gen<string> Rune = Gen.OneOf(Gen.Int[0x20, 0x7E], Gen.Int[1, 0x2FF], Gen.Int[0, 0x10FFFF])
        .Where(System.Text.Rune.IsValid).Select(code => new Rune(code).ToString());

    private static readonly Gen<string> Text = Rune.Array[0, 20].Select(string.Concat);

    private static readonly Gen<string> Literal = Gen.Select(Text, Gen.Bool, Quote);

    private static readonly Gen<string> Date = Gen.DateTime.Select(date =>
        "\"" + date.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + "+00:00\"");

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Long.Select(value => value.ToString(CultureInfo.InvariantCulture)),
        Gen.Int[-5, 5].Select(value => value.ToString(CultureInfo.InvariantCulture) + ".0"),
        Gen.Int[1, 99].Select(value => value.ToString(CultureInfo.InvariantCulture) + "e5"),
        Gen.Double.Where(double.IsFinite).Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static readonly Gen<string> Scalar = Gen.OneOf(Literal, Number, Date, Gen.Bool.Select(value => value ? "true" : "false"), Gen.Const("null"));

    private static readonly Gen<string> Json = Gen.Recursive<string>((depth, inner) => depth > 3
        ? Scalar
        : Gen.OneOf(
            Scalar,
            inner.Array[0, 4].Select(values => "[ " + string.Join(" ,", values) + "]"),
            Object(Text, inner, 4)));

    private static readonly Gen<string> Key = Text.Where(text => text.Length > 0);

    private static readonly Gen<string> Members = Gen.Select(
        Optional("firstName", Literal), Optional("lastName", Literal), Optional("customFields", Object(Key, Scalar, 10)),
        Optional("location", Gen.Select(Optional("city", Literal), Optional("latitude", Gen.Double[-90, 90].Select(value => value.ToString("R", CultureInfo.InvariantCulture))),
            (city, latitude) => "{\"country\":null" + city + latitude + "}")),
        (first, last, fields, location) => first + last + fields + location);

    public static Gen<string> Event { get; } = Gen.Select(
        Members, Gen.Select(Object(Key.Where(key => key != "$extra"), Json, 10), Optional("$extra", Object(Text, Json, 5))),
        Optional("eventTimestamp", Date), Optional("value", Gen.OneOf(Number, Gen.Const("1e-6000"))), Optional("uniqueId", Key.Select(Gen.Bool, Quote)),
        Gen.Select(Optional("valueCurrency", Gen.Const("\"eur\"")), Optional("unknown", Json)),
        (customer, data, timestamp, value, uniqueId, rest) =>
            "{\"eventName\":\"x\\u00e9 y\",\"customer\":{\"email\":\"a@b.c\"" + customer + "},\"data\":" + data.Item1[..^1]
            + (data.Item1.Length > 2 ? data.Item2 : data.Item2.TrimStart(',')) + "}" + timestamp + value + uniqueId + rest.Item1 + rest.Item2 + "}");

    private static Gen<string> Optional(string name, Gen<string> value) =>
        Gen.Select(Gen.Bool, value, (isThere, text) => isThere ? ",\"" + name + "\":" + text : "");

    private static Gen<string> Object(Gen<string> key, Gen<string> value, int max) =>
        Gen.Select(Gen.Select(key.Where(text => !text.Contains('\0', StringComparison.Ordinal)), value).Array[0, max], Gen.Bool, (members, escape) =>
            "{" + string.Join(',', members.DistinctBy(member => member.Item1).Select(member => Quote(member.Item1, escape) + ":" + member.Item2)) + "}");

    private static string Quote(string text, bool escape) => "\"" + JsonEncodedText.Encode(
        text, escape ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}
