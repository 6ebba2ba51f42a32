using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>How an event is stored: contract sections 5, 6 and 11.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class EventRules(DeploymentSource source) : RuleFixture(source)
{
    private const string Full = """
        {
          "eventName": " \u00a0Completed Order\u3000",
          "customer": {"id": "5CD6A5BB2CC4FB1E5B7C0DF4", "email": " Ada@Example.COM ", "phoneNumber": "+15005550006"},
          "data": {"Plan": "gold", "Seats": 3, "Empty": "", "$extra": {"cart": [{"sku": "A-1", "price": 1.10, "at": "2026-04-02T12:00:00Z"}], "note": ""}},
          "eventTimestamp": "2026-04-02T14:00:00.123987+02:00",
          "value": 12345678901234567890.1234567890120,
          "valueCurrency": "usd",
          "uniqueId": " Order/1 ",
          "somethingElse": {"a": [1, 2]}
        }
        """;

    private BsonDocument _full = null!;
    private BsonDocument _least = null!;
    private DateTime _before;
    private DateTime _after;

    protected override async Task PrepareAsync()
    {
        _before = DateTimeNow.AddMilliseconds(-1);
        var ids = await Store.SendBulkAsync([Full, """{"eventName":"e","customer":{"phoneNumber":"+12"},"data":{},"value":null,"uniqueId":null,"eventTimestamp":null,"valueCurrency":null}"""]);
        _after = DateTimeNow.AddMilliseconds(1);
        _full = await Store.StoredAsync(ids[0].EventId!.Value);
        _least = await Store.StoredAsync(ids[1].EventId!.Value);
        Assert.That(_full.Member("_id"), Is.EqualTo($"UUID({ids[0].EventId})"));
    }

    [TestCase("eventName", "\"Completed Order\"", TestName = "The_name_is_trimmed_of_Unicode_white_space")]
    [TestCase("customerId", "ObjectId(5cd6a5bb2cc4fb1e5b7c0df4)", TestName = "The_customer_is_an_ObjectId")]
    [TestCase("occurredAt", "Date(2026-04-02T12:00:00.123Z)", TestName = "The_timestamp_is_a_date_in_UTC_cut_to_the_millisecond")]
    [TestCase("valueCurrency", "\"USD\"", TestName = "The_currency_is_in_upper_case")]
    [TestCase("uniqueId", "\" Order/1 \"", TestName = "The_uniqueId_is_kept_to_the_letter")]
    [TestCase("data", """{"Plan":"gold","Seats":Long(3)}""", TestName = "Data_is_without_extra_and_without_ignored_values")]
    [TestCase("extra", """{"cart":[{"sku":"A-1","price":Double(1.1),"at":"2026-04-02T12:00:00Z"}],"note":""}""", TestName = "Extra_is_kept_whole")]
    [TestCase("somethingElse", "absent", TestName = "What_the_contract_does_not_name_is_not_stored")]
    public void Field(string name, string expected) => Assert.That(_full.Member(name), Is.EqualTo(expected));

    [Test]
    public void The_value_is_a_decimal_kept_exactly() =>
        Assert.That(_full.Member("value").Replace("0)", ")", StringComparison.Ordinal), Is.EqualTo("Decimal(12345678901234567890.123456789012)"));

    [Test]
    public void The_source_is_told() => Assert.Multiple(() =>
    {
        Assert.That(_full["source"].AsBsonDocument.Member("producer"), Is.EqualTo("\"http\""));
        Assert.That(_full["source"]["topic"].AsString, Is.EqualTo(Pipeline.RawTopic));
        Assert.That(_full["source"]["partition"].ToInt32(), Is.GreaterThanOrEqualTo(0));
        Assert.That(_full["source"]["offset"].ToInt64(), Is.GreaterThanOrEqualTo(0));
        Assert.That(_full["storeId"].AsString, Is.EqualTo(Store.Id));
    });

    [Test]
    public void It_was_received_when_it_was_sent() =>
        Assert.That(_full["receivedAt"].ToUniversalTime(), Is.InRange(_before, _after));

    [TestCase("value")]
    [TestCase("valueCurrency")]
    [TestCase("uniqueId")]
    [TestCase("extra")]
    public void A_field_that_is_null_or_absent_is_absent(string name) => Assert.That(_least.Contains(name), Is.False);

    [Test]
    public void Without_a_timestamp_it_occurred_when_it_was_received() =>
        Assert.That(_least.Member("occurredAt"), Is.EqualTo(_least.Member("receivedAt")));

    [Test]
    public void Empty_data_is_stored_as_such() => Assert.That(_least.Member("data"), Is.EqualTo("{}"));

    [Test]
    public async Task An_empty_extra_is_stored_and_a_value_of_0_too()
    {
        var stored = await Store.StoreAsync($$$"""{"eventName":"e","customer":{"email":"{{{TestStore.NewEmail()}}}"},"data":{"$extra":{}},"value":0}""");
        Assert.Multiple(() =>
        {
            Assert.That(stored.Member("extra"), Is.EqualTo("{}"));
            Assert.That(stored["value"].AsDecimal, Is.Zero);
        });
    }

    [Test]
    public async Task A_byte_order_mark_is_skipped()
    {
        var id = await Store.SendAsync("\uFEFF" + $$$"""{"eventName":"marked","customer":{"email":"{{{TestStore.NewEmail()}}}"}}""");
        Assert.That((await Store.StoredAsync(id)).Member("eventName"), Is.EqualTo("\"marked\""));
    }

    private static DateTime DateTimeNow => TimeProvider.System.GetUtcNow().UtcDateTime;
}
