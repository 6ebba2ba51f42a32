using System.Text;
using CustomEvents.Events;
using CustomEvents.Sqlite.Stores;

namespace CustomEvents.Tests.Sqlite;

[TestFixture]
public sealed class EventDocumentTests
{
    [Test]
    public void The_document_of_a_whole_event_is_that_of_the_contract() => Assert.That(
        Document(
            """
            {"eventName": " Placed \"Order\" ", "customer": {"email": "a@b.example"},
             "data": {"a.b": 5.0, "$set": 1.5, "when": "2026-04-02T14:00:00+02:00", "early": "1960-01-01T00:00:00Z", "zero": 0, "no": false,
               "text": "snow\u2603 \"x\"", "list": [1, 1.0, "2026-04-02T12:00:00Z"], "none": {},
               "$extra": {"z": -0, "one": 1.0, "big": 12345678901234567890123456789012.34, "d": 0.1, "n": null, "": [true, {"a": "\ud83d\ude00"}]}},
             "eventTimestamp": "2026-04-02T12:00:00.123456Z", "value": 99.90, "valueCurrency": "eur", "uniqueId": "u\"1"}
            """),
        Is.EqualTo(
            """
            {"_id":{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}},"storeId":"shop","uniqueId":"u\"1","eventName":"Placed \"Order\"",
            "customerId":{"$oid":"0123456789abcdef01234567"},"occurredAt":{"$date":"2026-04-02T12:00:00.123Z"},"receivedAt":{"$date":"2026-04-02T12:00:01Z"},
            "value":{"$numberDecimal":"99.9"},"valueCurrency":"EUR",
            "data":{"a.b":5,"$set":1.5,"when":{"$date":"2026-04-02T12:00:00Z"},"early":{"$date":{"$numberLong":"-315619200000"}},"no":false,
            "text":"snow\u2603 \"x\"","list":[1,1,"2026-04-02T12:00:00Z"],"none":{}},
            "extra":{"z":0,"one":1,"big":{"$numberDecimal":"12345678901234567890123456789012.34"},"d":0.1,"n":null,"":[true,{"a":"\ud83d\ude00"}]},
            "source":{"producer":"http","topic":"events.raw","partition":3,"offset":42}}
            """.ReplaceLineEndings("")));

    [Test]
    public void What_an_event_has_not_is_absent() => Assert.That(
        Document("""{"eventName": "Viewed", "customer": {"email": "a@b.example"}}"""),
        Is.EqualTo(
            """
            {"_id":{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}},"storeId":"shop","eventName":"Viewed",
            "customerId":{"$oid":"0123456789abcdef01234567"},"occurredAt":{"$date":"2026-04-02T12:00:01Z"},"receivedAt":{"$date":"2026-04-02T12:00:01Z"},
            "data":{},"source":{"producer":"http","topic":"events.raw","partition":3,"offset":42}}
            """.ReplaceLineEndings("")));

    private static string Document(string json)
    {
        var errors = new List<EventError>();
        var parsed = new EventParser().Parse(Encoding.UTF8.GetBytes(json), errors);
        Assert.That(errors, Is.Empty);
        using var output = new ByteBuffer(16);
        EventDocument.Write(output, new NormalizedEvent
        {
            EventId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
            StoreId = "shop",
            CustomerId = CustomerId.TryParse("0123456789abcdef01234567", out var id) ? id : default,
            ReceivedAt = new DateTime(2026, 4, 2, 12, 0, 1, DateTimeKind.Utc),
            Producer = "http",
            Topic = "events.raw",
            Position = new Position(Guid.NewGuid(), 3, 42),
            Event = parsed!,
        });
        return Encoding.UTF8.GetString(output.Slice(0, output.Length));
    }
}
