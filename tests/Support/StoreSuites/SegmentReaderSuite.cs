using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="ISegmentReader"/> does.</summary>
public abstract class SegmentReaderSuite : StoreSuite
{
    private static readonly string[] Strings =
        ["\u0001", "\u0001\u0001", "\u0002", "\u0003", " ", "A", "AB", "A\u0001", "A\u0001B", "A\u0002", "B", "a", "é", "\uFFFD", "😀", "\u0000x"];

    [Test]
    public async Task Numbers_compare_by_value_whatever_their_type()
    {
        string[] numbers = ["-1e300", "-9223372036854775808", "-5.5", "-1", "-0.5", "0.5", "1", "1.5", "2", "9007199254740992", "9007199254740993",
            "9007199254740994", "9223372036854775807", "9.3e18", "1e300"];
        var customers = await StoreAsync(numbers);

        foreach (var (op, keeps) in Operators)
        {
            for (var i = 0; i < numbers.Length; i++)
            {
                var found = await SegmentAsync(op, Number(numbers[i]));
                Assert.That(found, Is.EquivalentTo(customers.Where((_, n) => keeps(n.CompareTo(i)))), $"{op} {numbers[i]}");
            }
        }

        Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(2.0)), Is.EqualTo(new[] { customers[8] }), "2.0 is 2");
        Assert.That(await SegmentAsync(SegmentOperator.Greater, ProfileValue.Of(-0.0)), Is.EquivalentTo(customers.Skip(5)), "-0 is 0");
        Assert.That(await SegmentAsync(SegmentOperator.Less, ProfileValue.Of(9007199254740992.0)), Is.EquivalentTo(customers.Take(9)));
    }

    [Test]
    public async Task Strings_compare_by_their_utf8_bytes()
    {
        var ordered = Strings.OrderBy(s => s, Comparer<string>.Create((a, b) =>
            System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)))).ToList();
        var customers = await StoreAsync([.. ordered.Select(s => System.Text.Json.JsonSerializer.Serialize(s))]);

        foreach (var (op, keeps) in Operators)
        {
            for (var i = 0; i < ordered.Count; i++)
            {
                var found = await SegmentAsync(op, ProfileValue.Of(ordered[i]));
                Assert.That(found, Is.EquivalentTo(customers.Where((_, n) => keeps(n.CompareTo(i)))), $"{op} string {i}");
            }
        }
    }

    [Test]
    public async Task Dates_and_booleans_compare_too()
    {
        var dates = await StoreAsync(["\"0001-01-01T00:00:00Z\"", "\"1969-12-31T23:59:59.999Z\"", "\"2026-04-02T12:00:00Z\"", "\"9999-12-31T23:59:59.999Z\""], "d");
        var truths = await StoreAsync(["false", "true"], "b");
        var at = ProfileValue.Of(new DateTime(1969, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc));

        Assert.That(await SegmentAsync(SegmentOperator.Equal, at, "d"), Is.EqualTo(new[] { dates[1] }));
        Assert.That(await SegmentAsync(SegmentOperator.Greater, at, "d"), Is.EquivalentTo(dates.Skip(2)));
        Assert.That(await SegmentAsync(SegmentOperator.LessOrEqual, at, "d"), Is.EquivalentTo(dates.Take(2)));
        Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(false), "b"), Is.EqualTo(new[] { truths[0] }));
        Assert.That(await SegmentAsync(SegmentOperator.NotEqual, ProfileValue.Of(false), "b"), Is.EqualTo(new[] { truths[1] }));
        Assert.That(await SegmentAsync(SegmentOperator.Greater, ProfileValue.Of(false), "b"), Is.EqualTo(new[] { truths[1] }));
    }

    [Test]
    public async Task Values_of_another_type_never_match_but_exist()
    {
        var customers = await StoreAsync(["1", "\"1\"", "true", "\"2026-04-02T12:00:00Z\""]);

        Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(1L)), Is.EqualTo(new[] { customers[0] }));
        Assert.That(await SegmentAsync(SegmentOperator.NotEqual, ProfileValue.Of("x")), Is.EqualTo(new[] { customers[1] }));
        Assert.That(await SegmentAsync(SegmentOperator.GreaterOrEqual, ProfileValue.Of(double.MinValue)), Is.EqualTo(new[] { customers[0] }));
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EquivalentTo(customers));
    }

    [Test]
    public async Task Only_the_store_the_event_and_the_key_asked_for_are_seen()
    {
        var customer = NewCustomerId();
        await PersistAsync(
            Event(""" "data":{"k":1,"kk":2} """, customer: customer),
            Event(""" "data":{"k":3} """, eventName: "placed2"),
            Event(""" "data":{"k":4} """, store: Store + "x"),
            Event(""" "data":{"o":{"k":1},"$extra":{"k":1}} """));

        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EqualTo(new[] { customer }));
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null, "o"), Is.Empty);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null, "$extra"), Is.Empty);
        Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(3L)), Is.Empty);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null, ""), Is.Empty);
    }

    [Test]
    public async Task Since_counts_when_the_event_occurred()
    {
        var early = Event(""" "eventTimestamp":"2026-01-01T00:00:00Z","data":{"k":1} """);
        var late = Event(""" "eventTimestamp":"2026-02-01T00:00:00Z","data":{"k":2} """);
        await PersistAsync(early, late);
        var february = new DateTime(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc);

        Assert.That(await SegmentAsync(SegmentOperator.Exists, null, since: february), Is.EqualTo(new[] { late.CustomerId }));
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null, since: february.AddMilliseconds(1)), Is.Empty);
        Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(1L), since: february), Is.Empty);
        Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(2L), since: february), Is.EqualTo(new[] { late.CustomerId }));
        Assert.That(await SegmentAsync(SegmentOperator.Less, ProfileValue.Of(9L), since: february.AddMonths(-1)), Is.EquivalentTo(new[] { early.CustomerId, late.CustomerId }));
    }

    [Test]
    public async Task A_customer_with_many_events_is_given_once()
    {
        var customer = NewCustomerId();
        await PersistAsync([.. Enumerable.Range(1, 30).Select(i => Event($$""" "data":{"k":{{i}}} """, customer: customer))]);

        Assert.That(await SegmentAsync(SegmentOperator.NotEqual, ProfileValue.Of(15L)), Is.EqualTo(new[] { customer }));
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EqualTo(new[] { customer }));
    }

    [TestCase("x", 1024)]
    [TestCase("é", 512)]
    [TestCase("€", 341)]
    [TestCase("😀", 256)]
    public async Task Long_strings_are_cut_between_characters_and_so_is_a_conditions_value(string character, int held)
    {
        var text = string.Concat(Enumerable.Repeat(character, held));
        var customers = await StoreAsync([$"\"{text}{character}1\"", $"\"{text}{character}2\"", $"\"{text}\""]);

        Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(text + character + "3")), Is.EquivalentTo(customers));
        Assert.That(await SegmentAsync(SegmentOperator.Greater, ProfileValue.Of(text)), Is.Empty);
    }

    [Test]
    public async Task Odd_names_and_keys_are_found_by_themselves_alone()
    {
        string[] keys = ["a", "a.b", "$set", "_id", "__proto__", "a\u0001", "a\u0001n", "a\u0002", "😀", new('k', 255)];
        var customers = new List<CustomerId>();
        foreach (var key in keys)
        {
            var stored = Event($$""" "data":{ {{System.Text.Json.JsonSerializer.Serialize(key)}}:1} """, eventName: "e.$\\\"😀");
            customers.Add(stored.CustomerId);
            await PersistAsync(stored);
        }

        for (var i = 0; i < keys.Length; i++)
            Assert.That(await SegmentAsync(SegmentOperator.Equal, ProfileValue.Of(1L), keys[i], eventName: "e.$\"😀"), Is.EqualTo(new[] { customers[i] }), keys[i]);
    }

    private static readonly (SegmentOperator Operator, Func<int, bool> Keeps)[] Operators =
    [
        (SegmentOperator.Equal, c => c == 0), (SegmentOperator.NotEqual, c => c != 0), (SegmentOperator.Greater, c => c > 0),
        (SegmentOperator.GreaterOrEqual, c => c >= 0), (SegmentOperator.Less, c => c < 0), (SegmentOperator.LessOrEqual, c => c <= 0),
    ];

    private static ProfileValue Number(string json)
    {
        Assert.That(JsonNumber.TryRead(System.Text.Encoding.UTF8.GetBytes(json), out var kind, out var bits), Is.True);
        return new ProfileValue(kind, null, bits);
    }

    private async Task<List<CustomerId>> StoreAsync(string[] values, string key = "k")
    {
        var events = values.Select(value => Event($$""" "data":{"{{key}}":{{value}}} """)).ToArray();
        Assert.That(await PersistAsync(events), Has.All.EqualTo(InsertOutcome.Stored));
        return [.. events.Select(e => e.CustomerId)];
    }
}
