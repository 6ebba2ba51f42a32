using System.Globalization;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite;

namespace CustomEvents.Tests.Sqlite;

/// <summary>What the SQLite index in particular has to get right: exact numbers, bytes of texts, and answers from the index alone.</summary>
[TestFixture]
public sealed class SegmentIndexTests
{
    private static readonly DateTime Noon = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);
    private string _path = null!;
    private OpenFolder _folder = null!;

    private static IEnumerable<TestCaseData> Comparisons()
    {
        // Each event has one value of "k"; its customer's number is the place in the list. Which customers meet the condition?
        string[] numbers = ["9007199254740993", "9007199254740992.5", "9007199254740992", "-1", "0.5", "1e300", "-9223372036854775808"];
        yield return new(numbers, SegmentOperator.Greater, ProfileValue.Of(9007199254740992L), "0,5") { TestName = "Integers beyond a double's precision are told apart" };
        yield return new(numbers, SegmentOperator.Equal, ProfileValue.Of(9007199254740992d), "1,2") { TestName = "A double equals the integer of its value" };
        yield return new(numbers, SegmentOperator.LessOrEqual, ProfileValue.Of(0.5d), "3,4,6") { TestName = "Integers and doubles stand in one order" };
        yield return new(numbers, SegmentOperator.NotEqual, ProfileValue.Of(-1L), "0,1,2,4,5,6") { TestName = "Not equal is of the same type" };

        string[] mixed = ["5", "\"5\"", "true", "\"2026-04-02T12:00:00Z\"", "\"2026-04-02\"", "1775131200000", "false", "\"\\u0000a\"", "\"\u00e9\""];
        yield return new(mixed, SegmentOperator.Equal, ProfileValue.Of("5"), "1") { TestName = "A string is not the number that it spells" };
        yield return new(mixed, SegmentOperator.Equal, ProfileValue.Of(true), "2") { TestName = "True is not 1" };
        yield return new(mixed, SegmentOperator.Less, ProfileValue.Of(true), "6") { TestName = "False is before true" };
        yield return new(mixed, SegmentOperator.Equal, ProfileValue.Of(Noon), "3") { TestName = "A date is not its milliseconds" };
        yield return new(mixed, SegmentOperator.GreaterOrEqual, ProfileValue.Of(0L), "0,5") { TestName = "A number's condition meets numbers alone" };
        yield return new(mixed, SegmentOperator.Less, ProfileValue.Of("0"), "7") { TestName = "A string with NUL is compared whole" };
        yield return new(mixed, SegmentOperator.Greater, ProfileValue.Of("z"), "8") { TestName = "Strings compare by their bytes" };
        yield return new(mixed, SegmentOperator.Exists, null, "0,1,2,3,4,5,6,7,8") { TestName = "Any type is there" };
    }

    [SetUp]
    public void Open()
    {
        _path = OpenFolder.NewPath();
        _folder = OpenFolder.Pipeline(_path);
    }

    [TearDown]
    public void Close()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [TestCaseSource(nameof(Comparisons))]
    public async Task Conditions_meet(string[] values, SegmentOperator comparison, ProfileValue? value, string expected)
    {
        await StoreAsync(values.Select((json, i) => Event(i, $"{{\"k\": {json}, \"other\": {json}}}")));
        Assert.That(string.Join(',', await FindAsync(comparison, value, null)), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_long_string_is_cut_between_characters_in_the_index_and_in_the_condition()
    {
        var text = new string('x', 1_023) + "\u00e9";
        await StoreAsync([Event(0, $"{{\"k\": \"{text}tail\"}}")]);
        Assert.That(await FindAsync(SegmentOperator.Equal, ProfileValue.Of(text + "another tail"), null), Is.EqualTo(new[] { 0 }));
        Assert.That(await FindAsync(SegmentOperator.Equal, ProfileValue.Of(new string('x', 1_023)), null), Is.EqualTo(new[] { 0 }));
        Assert.That(await FindAsync(SegmentOperator.Equal, ProfileValue.Of(new string('x', 1_022)), null), Is.Empty);
    }

    [Test]
    public async Task Since_counts_from_the_very_instant()
    {
        await StoreAsync([Event(0, """{"k": 1}""")]);
        Assert.That(await FindAsync(SegmentOperator.Exists, null, Noon), Is.EqualTo(new[] { 0 }));
        Assert.That(await FindAsync(SegmentOperator.Exists, null, Noon.AddTicks(1)), Is.Empty);
    }

    [Test]
    public async Task Many_customers_come_each_once_over_all_pages()
    {
        await StoreAsync(Enumerable.Range(0, 4_400).Select(i => Event(i % 2_200, """{"k": 1}""")));
        Assert.That(await FindAsync(SegmentOperator.Equal, ProfileValue.Of(1L), null), Is.EqualTo(Enumerable.Range(0, 2_200)));
    }

    [Test]
    public async Task Every_condition_reads_nothing_but_the_index()
    {
        await StoreAsync([Event(0, """{"k": 1}""")]);
        var plan = _folder.Get<DataFolder>().Stores.File.Read(connection =>
        {
            var explain = connection.Prepare(
                "EXPLAIN QUERY PLAN SELECT DISTINCT customer_id FROM segment_index WHERE key=?1 AND type=?2 AND value>?3 AND occurred_at>=?4 AND customer_id>?5 ORDER BY customer_id LIMIT 10");
            var lines = new List<string>();
            while (explain.Step())
                lines.Add(explain.Text(3));
            return string.Join('\n', lines);
        });
        Assert.That(plan, Does.Contain("SEARCH segment_index USING PRIMARY KEY (key=? AND type=? AND value>?)"));
    }

    [Test]
    public async Task Erasing_a_customer_leaves_no_entry_of_any_type_and_the_others_whole()
    {
        const string data =
            """{"k": 1, "d": 1.5, "big": 1e300, "s": "snow\u2603", "e\u0041": "escaped key", "b": false, "t": "1960-01-01T00:00:00.007Z", "n": "2026-04-02T12:00:00Z", "o": {"$date": "2026-04-02T12:00:00Z"}, "l": [1], "$extra": {"k": 1}}""";
        await StoreAsync([Event(0, data), Event(0, data), Event(1, data)]);
        Assert.That(Entries(), Is.EqualTo(3 * 8));
        Assert.That(await _folder.Get<ICustomerReader>().EraseAsync(new CustomerKey("shop", Customer(0)), default), Is.EqualTo(2));
        Assert.That(Entries(), Is.EqualTo(8));
        Assert.That(await FindAsync(SegmentOperator.Exists, null, null), Is.EqualTo(new[] { 1 }));
        Assert.That(await _folder.Get<ICustomerReader>().EraseAsync(new CustomerKey("shop", Customer(0)), default), Is.Zero);
    }

    private long Entries() => _folder.Get<DataFolder>().Stores.File.Read(connection => connection.Query("SELECT count(*) FROM segment_index"));

    private async Task StoreAsync(IEnumerable<NormalizedEvent> events)
    {
        var store = _folder.Get<IEventStore>();
        using var encoder = store.NewEncoder();
        var encoded = events.Select(encoder.Encode).ToList();
        await store.IndexAsync(encoded, default);
        Assert.That(await store.InsertAsync(encoded, default), Is.All.EqualTo(InsertOutcome.Stored));
    }

    private async Task<List<int>> FindAsync(SegmentOperator comparison, ProfileValue? value, DateTime? since)
    {
        var found = new List<int>();
        var condition = new SegmentCondition("shop", "Seen", "k", comparison, value, since);
        await foreach (var customer in _folder.Get<ISegmentReader>().FindCustomersAsync(condition, default))
            found.Add(int.Parse(customer.ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return found;
    }

    private static NormalizedEvent Event(int customer, string data)
    {
        var errors = new List<EventError>();
        var json = $$"""{"eventName": "Seen", "customer": {"email": "a@b.example"}, "data": {{data}}}""";
        var parsed = new EventParser().Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.That(errors, Is.Empty);
        return new NormalizedEvent
        {
            EventId = Guid.NewGuid(),
            StoreId = "shop",
            CustomerId = Customer(customer),
            ReceivedAt = Noon,
            Producer = "http",
            Topic = "events.raw",
            Position = new Position(Guid.NewGuid(), 0, 0),
            Event = parsed!,
        };
    }

    private static CustomerId Customer(int number) =>
        CustomerId.TryParse(number.ToString("x24", CultureInfo.InvariantCulture), out var id) ? id : throw new ArgumentOutOfRangeException(nameof(number));
}
