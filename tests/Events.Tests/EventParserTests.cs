using System.Text;
using CustomEvents.Events;
using static CustomEvents.Tests.Events.Samples;

namespace CustomEvents.Tests.Events;

public class EventParserTests
{
    [Test]
    public void The_guides_example_is_read_whole()
    {
        var read = Valid(Guide);
        Assert.Multiple(() =>
        {
            Assert.That(read.EventName, Is.EqualTo("Loyalty Milestone Reached"));
            Assert.That(read.Customer.Id.ToString(), Is.EqualTo("64ab01cd9f00112233445566"));
            Assert.That(read.Customer.Email, Is.EqualTo("jane.doe@example.com"));
            Assert.That(read.Customer.PhoneNumber, Is.EqualTo("+15551234567"));
            Assert.That(read.FirstName!.Value.ToText(read.Source), Is.EqualTo("Jane"));
            Assert.That(read.LastName!.Value.ToText(read.Source), Is.EqualTo("Doe"));
            Assert.That(Show(read, read.Location), Is.EqualTo(new[]
            {
                "street1=string:123 Main St", "city=string:Austin", "state=string:Texas", "stateCode=string:TX", "postalCode=string:78701",
                "country=string:United States", "countryCode=string:US", "latitude=double:30.2672", "longitude=double:-97.7431",
                "ianaTimeZoneName=string:America/Chicago",
            }));
            Assert.That(Show(read, read.CustomFields), Is.EqualTo(new[]
            {
                "loyaltyTier=string:gold", "memberSince=date:2025-03-15T10:30:00.0000000Z",
            }));
            Assert.That(Show(read, read.Data), Is.EqualTo(new[]
            {
                "Milestone Type=string:total_spent", "Total Spent=integer:1000", "VIP Tier=string:gold",
            }));
            Assert.That(Encoding.UTF8.GetString(read.Extra!.Value.Of(read.Source)), Is.EqualTo(
                """{ "previousTier": "silver", "orders": [101, 102, 103], "debug": { "source": "webhook", "retry": 0 } }"""));
            Assert.That(read.Timestamp, Is.EqualTo(new DateTime(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc)));
            Assert.That(read.Value.ToString(), Is.EqualTo("99.99"));
            Assert.That(read.ValueCurrency, Is.EqualTo("USD"));
            Assert.That(read.UniqueId, Is.EqualTo("loyalty-milestone-12345"));
        });
    }

    // Broken JSON is told alone, whatever else is wrong.
    [TestCase("")]
    [TestCase("   ")]
    [TestCase("{")]
    [TestCase("nul")]
    [TestCase("""{"eventName":"e",}""")]
    [TestCase("""{"eventName":"e" /* comment */}""")]
    [TestCase("""{"eventName":""} {}""")]
    [TestCase("""{"eventName":""}x""")]
    [TestCase("""{"value":01}""")]
    [TestCase("""{"value":+1}""")]
    [TestCase("""{"value":NaN}""")]
    [TestCase("""{'eventName':'e'}""")]
    [TestCase("{\"eventName\":\"a\nb\"}")]
    [TestCase("""{"eventName":"\x"}""")]
    [TestCase("""{"eventName":"\u12"}""")]
    public void Broken_JSON_is_told_alone(string json) => Assert.That(Errors(json), Is.EqualTo(new[] { "invalid_json " }));

    [TestCase("[]", "invalid_type ")]
    [TestCase("null", "invalid_type ")]
    [TestCase("1", "invalid_type ")]
    [TestCase("\"e\"", "invalid_type ")]
    public void An_event_is_an_object(string json, string expected) => Assert.That(Errors(json), Is.EqualTo(new[] { expected }));

    [Test]
    public void Bytes_that_are_no_UTF8_are_told_alone()
    {
        byte[] json = [.. "{\"eventName\":\"a"u8, 0xFF, .. "\"}"u8];
        Assert.That(Parse(json, out var errors), Is.Null);
        Assert.That(errors.Select(Text), Is.EqualTo(new[] { "invalid_encoding " }));
    }

    [Test]
    public void A_byte_order_mark_is_skipped_and_the_slices_stay_right()
    {
        byte[] json = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Guide)];
        var read = Parse(json, out _)!;
        Assert.That(Dump(read), Is.EqualTo(Dump(Valid(Guide))));
    }

    [Test]
    public void A_second_byte_order_mark_is_no_JSON()
    {
        byte[] json = [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Guide)];
        Assert.That(Parse(json, out var errors), Is.Null);
        Assert.That(errors.Select(Text), Is.EqualTo(new[] { "invalid_json " }));
    }

    [TestCase(""","x":"\ud800" """, "invalid_encoding /x")]
    [TestCase(""","x":"\udc00\ud800" """, "invalid_encoding /x")]
    [TestCase(""","x":"\ud800A" """, "invalid_encoding /x")]
    [TestCase(""","x":["a",{"y":"\ud83d"}] """, "invalid_encoding /x/1/y")]
    [TestCase(""","data":{"k":"\ud800"} """, "invalid_encoding /data/k")]
    [TestCase(""","data":{"$extra":{"k":"\ud800"}} """, "invalid_encoding /data/$extra/k")]
    [TestCase(""","uniqueId":"\ud800" """, "invalid_encoding /uniqueId")]
    [TestCase(""","data":{"\ud800":1} """, "invalid_encoding /data/\uFFFD")]
    public void Unpaired_surrogates_are_errors(string members, string expected) =>
        Assert.That(Errors(With(members)), Is.EqualTo(new[] { expected }));

    [TestCase(""","data":{"k":"\ud83d\ude00"}""", "k=string:😀")]
    [TestCase(""","data":{"\ud83d\ude00":"\u0041\n\"\\\/\b\f\r\t"}""", "😀=string:A\n\"\\/\b\f\r\t")]
    public void Escapes_are_read(string members, string expected)
    {
        var read = Valid(With(members));
        Assert.That(Show(read, read.Data), Is.EqualTo(new[] { expected }));
    }

    [TestCase(""","x":1,"x":2""", "duplicate_member /x")]
    [TestCase(""","x":1,"\u0078":2""", "duplicate_member /x")]
    [TestCase(""","eventName":"f" """, "duplicate_member /eventName")]
    [TestCase(""","x":{"a":1,"b":2,"a":3}""", "duplicate_member /x/a")]
    [TestCase(""","x":[{"a":1},{"a":1,"\u0061":2}]""", "duplicate_member /x/1/a")]
    [TestCase(""","data":{"k":1,"k":2}""", "duplicate_member /data/k")]
    [TestCase(""","data":{"$extra":{"":1,"":2}}""", "duplicate_member /data/$extra/")]
    [TestCase(""","data":{"$extra":{"a/b~c":1,"a/b~c":2}}""", "duplicate_member /data/$extra/a~1b~0c")]
    public void A_name_that_stands_twice_in_one_object_is_an_error(string members, string expected) =>
        Assert.That(Errors(With(members)), Is.EqualTo(new[] { expected }));

    [Test]
    public void A_name_may_stand_in_different_objects_and_in_another_case() =>
        Valid(With(""","X":1,"x":{"x":{"x":1},"X":2},"y":[{"x":1},{"x":1}]"""));

    [Test]
    public void Duplicates_are_found_among_very_many_members()
    {
        var members = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\":{i}"));
        Assert.That(Errors(With(",\"x\":{" + members + ",\"k12345\":0}")), Is.EqualTo(new[] { "duplicate_member /x/k12345" }));
        Valid(With(",\"x\":{" + members + "}"));
    }

    [TestCase(""","a\u0000b":1""", "invalid_format /a\0b")]
    [TestCase(""","x":{"\u0000":1}""", "invalid_format /x/\0")]
    [TestCase(""","data":{"\u0000":1}""", "invalid_format /data/\0")]
    [TestCase(""","data":{"$extra":{"\u0000":1}}""", "invalid_format /data/$extra/\0")]
    public void NUL_in_a_name_is_an_error_anywhere(string members, string expected) =>
        Assert.That(Errors(With(members)), Is.EqualTo(new[] { expected }));

    [Test]
    public void NUL_in_a_string_is_text() => Assert.That(Valid(With(""","uniqueId":"a\u0000b" """)).UniqueId, Is.EqualTo("a\0b"));

    [TestCase("{", "}", "\"k\":", "/k")]
    [TestCase("[", "]", "", "/0")]
    public void Depth_is_64_with_the_event_being_1(string open, string close, string name, string step)
    {
        Valid(With(",\"x\":" + Nested(63)));
        Assert.That(Errors(With(",\"x\":" + Nested(64))), Is.EqualTo(new[] { "too_deep /x" + Repeat(step, 63) }));
        Assert.That(Errors(With(",\"data\":{\"$extra\":{\"a\":" + Nested(62) + "}}"))[0], Is.EqualTo("too_deep /data/$extra/a" + Repeat(step, 61)));
        Assert.That(Errors(With(",\"x\":" + Nested(100_000))), Is.EqualTo(new[] { "too_deep /x" + Repeat(step, 63) }));

        string Nested(int levels) => Repeat(open + name, levels - 1) + open + close + Repeat(close, levels - 1);
    }

    [Test]
    public void Broken_JSON_that_is_also_too_deep_is_broken() =>
        Assert.That(Errors(With(",\"x\":" + new string('[', 1_000))), Is.EqualTo(new[] { "invalid_json " }));

    [TestCase(102_400, true)]
    [TestCase(102_401, false)]
    public void A_string_has_at_most_100_KB_of_text(int bytes, bool isValid)
    {
        var plain = new string('a', bytes);
        var escaped = "\\u0061" + new string('a', bytes - 1);
        foreach (var text in new[] { plain, escaped })
        {
            foreach (var (members, pointer) in new[]
                     {
                         (",\"x\":\"" + text + "\"", "/x"),
                         (",\"x\":[{\"y\":\"" + text + "\"}]", "/x/0/y"),
                         (",\"data\":{\"k\":\"" + text + "\"}", "/data/k"),
                         (",\"data\":{\"$extra\":{\"k\":\"" + text + "\"}}", "/data/$extra/k"),
                     })
            {
                if (isValid)
                    Valid(With(members));
                else
                    Assert.That(Errors(With(members)), Is.EqualTo(new[] { "string_too_long " + pointer }));
            }
        }
    }

    [Test]
    public void Bytes_of_text_are_counted_and_not_characters_or_bytes_of_JSON()
    {
        Valid(With(",\"x\":\"" + Repeat("\\u00e4", 51_200) + "\""));
        Assert.That(Errors(With(",\"x\":\"" + Repeat("ä", 51_201) + "\"")), Is.EqualTo(new[] { "string_too_long /x" }));
    }

    [Test]
    public void Values_at_all_depths_are_limited()
    {
        // eventName, customer, email, x, and the elements.
        Valid(With(",\"x\":[" + Repeat("0,", 199_995) + "0]"));
        Assert.That(Errors(With(",\"x\":[" + Repeat("0,", 199_996) + "0]")), Is.EqualTo(new[] { "too_many_properties " }));
    }

    [Test]
    public void An_event_has_at_most_5_MB()
    {
        var rest = Limits.MaxEventBytes - With("").Length;
        Valid(With("") + new string(' ', rest));
        Assert.That(Errors(With("") + new string(' ', rest + 1)), Is.EqualTo(new[] { "too_large " }));
    }

    [TestCase(""","x":{"a":1e999999}""")]
    [TestCase(""","x":[],"y":{},"z":null,"":0,"w":true""")]
    [TestCase(""","EventName":5,"EVENTNAME":5""")]
    public void Unknown_members_are_accepted(string members) => Valid(With(members));

    [Test]
    public void All_errors_are_told_in_the_order_of_the_event() =>
        Assert.That(Errors("""{"uniqueId":"","data":{"":1,"$extra":[]},"value":"1","customer":{"firstName":1,"x":0}}"""), Is.EqualTo(new[]
        {
            "invalid_length /uniqueId", "invalid_length /data/", "invalid_type /data/$extra", "invalid_type /value",
            "invalid_type /customer/firstName", "unknown_member /customer/x", "identity_missing /customer", "required /eventName",
        }));

    [Test]
    public void At_most_100_errors_are_told() =>
        Assert.That(Errors(With(",\"x\":[" + Repeat("\"\\ud800\",", 1_000) + "0]")), Has.Length.EqualTo(100));

    [Test]
    public void A_detail_echoes_at_most_64_characters_and_no_control_characters()
    {
        Parse(WithCustomer("\"phoneNumber\":\"\\n" + new string('7', 1_000) + "\""), out var errors);
        Assert.That(errors[0].Detail, Does.Contain(new string('7', 63)).And.Not.Contain(new string('7', 64)).And.Not.Contain("\n"));
    }

    [Test]
    public void A_pointer_does_not_repeat_a_key_of_megabytes()
    {
        var key = new string('k', 1_000_000);
        Assert.That(Errors(With(",\"data\":{\"$extra\":{\"" + key + "\":{\"n\":1e9999}}}")), Is.EqualTo(new[] { "out_of_range /data/$extra" }));
    }

    [TestCase("\"Order\"", "Order")]
    [TestCase("\" \\u3000\\u00a0\\u2028\\t a b \\u0085\\n\"", "a b")]
    [TestCase("\"\\u200bx\"", "\u200bx")]
    public void EventName_is_trimmed(string name, string expected) =>
        Assert.That(Valid("{\"eventName\":" + name + ",\"customer\":{\"email\":\"a@b.c\"}}").EventName, Is.EqualTo(expected));

    [TestCase("null", "required")]
    [TestCase("1", "invalid_type")]
    [TestCase("{}", "invalid_type")]
    [TestCase("\"\"", "invalid_length")]
    [TestCase("\" \\u2003 \"", "invalid_length")]
    [TestCase("\"a\\u0000b\"", "invalid_format")]
    [TestCase("\"a\\nb\"", "invalid_format")]
    [TestCase("\"a\u007fb\"", "invalid_format")]
    [TestCase("\"a\u009fb\"", "invalid_format")]
    public void EventName_that_is_wrong(string name, string code) => Assert.That(
        Errors("{\"eventName\":" + name + ",\"customer\":{\"email\":\"a@b.c\"}}"), Is.EqualTo(new[] { code + " /eventName" }));

    [TestCase("a", 255, true)]
    [TestCase("a", 256, false)]
    [TestCase("😀", 255, true)]
    [TestCase("😀", 256, false)]
    public void Lengths_are_counted_in_code_points(string character, int count, bool isValid)
    {
        var text = Repeat(character, count);
        var name = "{\"eventName\":\"  " + text + "  \",\"customer\":{\"email\":\"a@b.c\"}}";
        if (isValid)
        {
            Valid(name);
            Valid(With(",\"uniqueId\":\"" + text + "\""));
            Valid(WithData("\"" + text + "\":1"));
            Valid(WithCustomer("\"customFields\":{\"" + text + "\":1}"));
        }
        else
        {
            Assert.That(Errors(name), Is.EqualTo(new[] { "invalid_length /eventName" }));
            Assert.That(Errors(With(",\"uniqueId\":\"" + text + "\"")), Is.EqualTo(new[] { "invalid_length /uniqueId" }));
            Assert.That(Errors(WithData("\"" + text + "\":1")), Is.EqualTo(new[] { "invalid_length /data/" + text }));
            Assert.That(Errors(WithCustomer("\"customFields\":{\"" + text + "\":1}")), Is.EqualTo(new[] { "invalid_length /customer/customFields/" + text }));
        }
    }

    [TestCase("\"2026-04-02\"", "invalid_format")]
    [TestCase("\"2026-02-30T12:00:00Z\"", "invalid_format")]
    [TestCase("\"2026-04-02T12:00:00\"", "invalid_format")]
    [TestCase("\"\"", "invalid_format")]
    [TestCase("1775131200", "invalid_type")]
    public void EventTimestamp_that_is_wrong(string timestamp, string code) =>
        Assert.That(Errors(With(",\"eventTimestamp\":" + timestamp)), Is.EqualTo(new[] { code + " /eventTimestamp" }));

    [TestCase("null", null)]
    [TestCase("\"2026-04-02T14:00:00.1239+02:00\"", "2026-04-02T12:00:00.1230000Z")]
    [TestCase("\"2026-04-02T12:00:00\\u005a\"", "2026-04-02T12:00:00.0000000Z")]
    public void EventTimestamp_is_UTC_to_the_millisecond(string timestamp, string? expected) => Assert.That(
        Valid(With(",\"eventTimestamp\":" + timestamp)).Timestamp?.ToString("O", System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(expected));

    [TestCase("null", null)]
    [TestCase("0", "0")]
    [TestCase("-0.00", "0")]
    [TestCase("99.90", "99.9")]
    [TestCase("-1234567890123456789012345678901234", "-1234567890123456789012345678901234")]
    [TestCase("1e400", "1E+400")]
    public void Value_is_kept_exactly(string value, string? expected) =>
        Assert.That(Valid(With(",\"value\":" + value)).Value?.ToString(), Is.EqualTo(expected));

    [TestCase("12345678901234567890123456789012345", "out_of_range")]
    [TestCase("1e6145", "out_of_range")]
    [TestCase("1e-6177", "out_of_range")]
    [TestCase("\"1\"", "invalid_type")]
    [TestCase("true", "invalid_type")]
    public void Value_that_is_wrong(string value, string code) =>
        Assert.That(Errors(With(",\"value\":" + value)), Is.EqualTo(new[] { code + " /value" }));

    [TestCase("null", null)]
    [TestCase("\"usd\"", "USD")]
    [TestCase("\"eUr\"", "EUR")]
    [TestCase("\"XAU\"", "XAU")]
    [TestCase("\"CLF\"", "CLF")]
    [TestCase("\"XCG\"", "XCG")]
    public void Currency_is_in_upper_case(string currency, string? expected) =>
        Assert.That(Valid(With(",\"valueCurrency\":" + currency)).ValueCurrency, Is.EqualTo(expected));

    [TestCase("\"XTS\"", "unknown_currency")]
    [TestCase("\"XXX\"", "unknown_currency")]
    [TestCase("\"HRK\"", "unknown_currency")]
    [TestCase("\"ABC\"", "unknown_currency")]
    [TestCase("\"\"", "unknown_currency")]
    [TestCase("\" USD\"", "unknown_currency")]
    [TestCase("\"US\\u0044D\"", "unknown_currency")]
    [TestCase("\"\u00b5SD\"", "unknown_currency")]
    [TestCase("840", "invalid_type")]
    public void Currency_that_is_wrong(string currency, string code) =>
        Assert.That(Errors(With(",\"valueCurrency\":" + currency)), Is.EqualTo(new[] { code + " /valueCurrency" }));

    [TestCase("null", null)]
    [TestCase("\" a \"", " a ")]
    [TestCase("\"\\u000a\"", "\n")]
    public void UniqueId_is_kept_to_the_letter(string id, string? expected) =>
        Assert.That(Valid(With(",\"uniqueId\":" + id)).UniqueId, Is.EqualTo(expected));

    [TestCase("\"\"", "invalid_length")]
    [TestCase("1", "invalid_type")]
    public void UniqueId_that_is_wrong(string id, string code) =>
        Assert.That(Errors(With(",\"uniqueId\":" + id)), Is.EqualTo(new[] { code + " /uniqueId" }));

    [Test]
    public void A_parser_serves_one_event_after_another()
    {
        var parser = new EventParser();
        var errors = new List<EventError>();
        for (var i = 0; i < 3; i++)
        {
            Assert.That(Dump(parser.Parse(Encoding.UTF8.GetBytes(Guide), errors)!), Is.EqualTo(Dump(Valid(Guide))));
            Assert.That(Dump(parser.Parse(Encoding.UTF8.GetBytes(With("")), errors)!), Is.EqualTo(Dump(Valid(With("")))));
            Assert.That(errors, Is.Empty);
            Assert.That(parser.Parse("{"u8.ToArray(), errors), Is.Null);
            Assert.That(parser.Parse("{}"u8.ToArray(), errors), Is.Null);
            Assert.That(errors.Select(Text), Is.EqualTo(new[] { "invalid_json ", "required /eventName", "required /customer" }));
            errors.Clear();
        }
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}
