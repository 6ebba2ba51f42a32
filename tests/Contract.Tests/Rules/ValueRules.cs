using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>What each kind of value becomes: contract section 6. One event carries all cases, each under a key of its own.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class ValueRules(DeploymentSource source) : RuleFixture(source)
{
    private static readonly (string Json, string Stored)[] Data =
    [
        ("\"text\"", "\"text\""),
        ("\" \"", "\" \""),
        ("\"\"", "absent"),
        ("null", "absent"),
        ("0", "absent"),
        ("-0", "absent"),
        ("0.0", "absent"),
        ("-0.00", "absent"),
        ("0e9", "absent"),
        ("false", "false"),
        ("true", "true"),
        ("5", "Long(5)"),
        ("5.0", "Long(5)"),
        ("1e3", "Long(1000)"),
        ("-7", "Long(-7)"),
        ("9223372036854775807", "Long(9223372036854775807)"),
        ("-9223372036854775808", "Long(-9223372036854775808)"),
        ("9223372036854775808", "Double(9.223372036854776E+18)"),
        ("0.1", "Double(0.1)"),
        ("0.10000000000000000000000000000001", "Double(0.1)"),
        ("1e300", "Double(1E+300)"),
        ("5e-324", "Double(5E-324)"),
        ("\"2026-04-02T12:00:00Z\"", "Date(2026-04-02T12:00:00.000Z)"),
        ("\"2026-04-02t12:00:00z\"", "Date(2026-04-02T12:00:00.000Z)"),
        ("\"2026-04-02T14:00:00.1239+02:00\"", "Date(2026-04-02T12:00:00.123Z)"),
        ("\"2026-04-02T00:30:00-23:59\"", "Date(2026-04-03T00:29:00.000Z)"),
        ("\"1903-01-02T03:04:05.006Z\"", "Date(1903-01-02T03:04:05.006Z)"),
        ("\"0001-01-01T00:00:00Z\"", "Date(0001-01-01T00:00:00.000Z)"),
        ("\"9999-12-31T23:59:59.999Z\"", "Date(9999-12-31T23:59:59.999Z)"),
        ("\"2024-02-29T00:00:00Z\"", "Date(2024-02-29T00:00:00.000Z)"),
        ("\"2026-04-02 12:00:00Z\"", "\"2026-04-02 12:00:00Z\""),
        ("\"2026-04-02T12:00:00\"", "\"2026-04-02T12:00:00\""),
        ("\"2026-04-02\"", "\"2026-04-02\""),
        ("\"2026-02-30T12:00:00Z\"", "\"2026-02-30T12:00:00Z\""),
        ("\"2026-04-02T12:00:60Z\"", "\"2026-04-02T12:00:60Z\""),
        ("\"2026-04-02T24:00:00Z\"", "\"2026-04-02T24:00:00Z\""),
        ("\"2026-04-02T12:00:00+24:00\"", "\"2026-04-02T12:00:00+24:00\""),
        ("\"0001-01-01T00:00:00+01:00\"", "\"0001-01-01T00:00:00+01:00\""),
        ("\"9999-12-31T23:59:59-01:00\"", "\"9999-12-31T23:59:59-01:00\""),
        ("\" 2026-04-02T12:00:00Z\"", "\" 2026-04-02T12:00:00Z\""),
        ("\"12\"", "\"12\""),
        ("\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\u0001\"", "\"é\\uD83D\\uDE00\\n\\\"\\\\\\u0001\""),
        ("\"a\\u0000b\"", "\"a\\u0000b\""),
        ("{}", "{}"),
        ("[]", "[]"),
        ("{\"b\":0,\"a\":[1,null,\"\",-0,1.0,1.5,\"2026-04-02T12:00:00Z\",{}],\"\":false}",
            "{\"b\":Long(0),\"a\":[Long(1),null,\"\",Long(0),Long(1),Double(1.5),\"2026-04-02T12:00:00Z\",{}],\"\":false}"),
    ];

    private static readonly (string Json, string Stored)[] Extra =
    [
        ("\"text\"", "\"text\""),
        ("\"\"", "\"\""),
        ("null", "null"),
        ("false", "false"),
        ("0", "Long(0)"),
        ("-0", "Long(0)"),
        ("-0.0", "Long(0)"),
        ("0e9", "Long(0)"),
        ("1.0", "Long(1)"),
        ("1e3", "Long(1000)"),
        ("9223372036854775807", "Long(9223372036854775807)"),
        ("9223372036854775808", "Decimal(9223372036854775808)"),
        ("0.1", "Double(0.1)"),
        ("0.10", "Double(0.1)"),
        ("1e23", "Double(1E+23)"),
        ("1e300", "Double(1E+300)"),
        ("0.12345678901234567890", "Decimal(0.1234567890123456789)"),
        ("1234567890123456789012345678901234", "Decimal(1234567890123456789012345678901234)"),
        ("-0.1234567890123456789012345678901234", "Decimal(-0.1234567890123456789012345678901234)"),
        ("\"2026-04-02T12:00:00Z\"", "\"2026-04-02T12:00:00Z\""),
        ("{\"z\":1,\"a\":{\"\":[],\"a.b\":{\"$set\":{\"_id\":\"x\"}}}}", "{\"z\":Long(1),\"a\":{\"\":[],\"a.b\":{\"$set\":{\"_id\":\"x\"}}}}"),
    ];

    private static readonly string[] Keys = ["a.b", ".", "$set", "$", "_id", "__proto__", "constructor", "schlüssel", "ключ\U0001F600", " ", "a\tb", "length", "0", new string('k', 255)];

    private BsonDocument _stored = null!;

    private static IEnumerable<TestCaseData> DataCases => Cases("data", Data);

    private static IEnumerable<TestCaseData> ExtraCases => Cases("extra", Extra);

    protected override async Task PrepareAsync()
    {
        var data = Data.Select(static (row, i) => $"\"d{i}\":{row.Json}").Concat(Keys.Select(static key => $"{System.Text.Json.JsonSerializer.Serialize(key)}:\"kept\""));
        var extra = Extra.Select(static (row, i) => $"\"d{i}\":{row.Json}");
        _stored = await Store.StoreAsync(
            $"{{\"eventName\":\"Values\",\"customer\":{{\"email\":\"{TestStore.NewEmail()}\"}},\"data\":{{{string.Join(',', data)},\"$extra\":{{{string.Join(',', extra)}}}}}}}");
    }

    [TestCaseSource(nameof(DataCases))]
    public void Value_of_data(int row)
    {
        Assert.That(_stored["data"].AsBsonDocument.Member($"d{row}"), Is.EqualTo(Data[row].Stored));
    }

    [TestCaseSource(nameof(ExtraCases))]
    public void Value_inside_extra(int row)
    {
        Assert.That(_stored["extra"].AsBsonDocument.Member($"d{row}"), Is.EqualTo(Extra[row].Stored));
    }

    [TestCaseSource(nameof(Keys))]
    public void Key_is_kept_to_the_letter(string key) => Assert.That(_stored["data"].AsBsonDocument.Member(key), Is.EqualTo("\"kept\""));

    [Test]
    public void Members_stand_in_the_order_of_the_event() => Assert.Multiple(() =>
    {
        Assert.That(_stored["extra"].AsBsonDocument.Names, Is.EqualTo(Extra.Select(static (_, i) => $"d{i}")));
        Assert.That(_stored["data"].AsBsonDocument.Names.SkipWhile(static name => name != Keys[0]), Is.EqualTo(Keys));
    });

    private static IEnumerable<TestCaseData> Cases(string where, (string Json, string Stored)[] rows) =>
        rows.Select((row, i) => new TestCaseData(i).SetArgDisplayNames($"{where}: {Short(row.Json)} is {Short(row.Stored)}"));

    private static string Short(string text) => text.Length <= 48 ? text : text[..48] + "…";
}
