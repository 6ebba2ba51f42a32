using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>How the stores of a deployment show what they hold: the documents of contract section 11 as relaxed Extended JSON. The stores in memory have none.</summary>
public abstract class StoredDocumentSuite : StoreSuite
{
    [Test]
    public async Task An_event_is_shown_with_its_types()
    {
        var stored = Event("""
            "uniqueId":"a:b $","value":99.90,"valueCurrency":"eur","data":{"n":1,"$extra":{"e":[1,null]}},"eventTimestamp":"2026-01-02T03:04:05.678Z"
            """);
        await PersistAsync(stored);
        var read = (await Stores.EventReader.FindByEventIdAsync(Store, stored.EventId, None))!;
        using var json = JsonDocument.Parse(read.Json);
        var root = json.RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(root.GetProperty("storeId").GetString(), Is.EqualTo(Store));
            Assert.That(root.GetProperty("eventName").GetString(), Is.EqualTo("placed"));
            Assert.That(root.GetProperty("customerId").GetProperty("$oid").GetString(), Is.EqualTo(stored.CustomerId.ToString()));
            Assert.That(root.GetProperty("occurredAt").GetProperty("$date").GetString(), Is.EqualTo("2026-01-02T03:04:05.678Z"));
            Assert.That(root.GetProperty("receivedAt").GetProperty("$date").GetString(), Is.EqualTo("2026-04-02T12:00:00Z"));
            Assert.That(root.GetProperty("value").GetProperty("$numberDecimal").GetString(), Is.EqualTo("99.9"));
            Assert.That(root.GetProperty("valueCurrency").GetString(), Is.EqualTo("EUR"));
            Assert.That(root.GetProperty("data").GetRawText().Replace(" ", "", StringComparison.Ordinal), Is.EqualTo("""{"n":1}"""));
            Assert.That(root.GetProperty("extra").GetRawText().Replace(" ", "", StringComparison.Ordinal), Is.EqualTo("""{"e":[1,null]}"""));
            Assert.That(root.GetProperty("source").GetProperty("producer").GetString(), Is.EqualTo("http"));
            Assert.That(root.GetProperty("source").GetProperty("topic").GetString(), Is.EqualTo("events.raw"));
            Assert.That(root.GetProperty("source").GetProperty("partition").GetInt32(), Is.EqualTo(3));
            Assert.That(root.GetProperty("source").GetProperty("offset").GetInt64(), Is.EqualTo(7));
        });
    }

    [Test]
    public async Task What_an_event_does_not_have_is_absent()
    {
        var stored = Event();
        await PersistAsync(stored);

        using var json = JsonDocument.Parse((await Stores.EventReader.FindByEventIdAsync(Store, stored.EventId, None))!.Json);
        Assert.That(
            json.RootElement.EnumerateObject().Select(p => p.Name),
            Is.EquivalentTo(new[] { "_id", "storeId", "eventName", "customerId", "occurredAt", "receivedAt", "data", "source" }));
        Assert.That(json.RootElement.GetProperty("data").EnumerateObject().Count(), Is.Zero);
    }

    [Test]
    public async Task Keys_and_texts_are_kept_to_the_letter()
    {
        const string inside = """{"a.b":1,"$set":{"$inc":1},"_id":"x","__proto__":[],"":{"":null},"t":"2026-04-02T12:00:00Z","s":"\u0000\ud83d\ude00é\n","$date":"1","n":[1.0,-0,0.1,12345678901234567890123456789012.25,1e400,9007199254740993]}""";
        var stored = Event($$$""" "data":{"a.b":1,"$set":"x","_id":true,"__proto__":"\u0000\ud83d\ude00\u2028","d":"2026-04-02T14:00:00.1239+02:00","o":{{{inside}}},"arr":[[],{}],"$extra":{{{inside}}}} """);
        Assert.That(await PersistAsync(stored), Is.EqualTo(new[] { InsertOutcome.Stored }));

        using var json = JsonDocument.Parse((await Stores.EventReader.FindByEventIdAsync(Store, stored.EventId, None))!.Json);
        var data = json.RootElement.GetProperty("data");
        Assert.Multiple(() =>
        {
            Assert.That(data.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "a.b", "$set", "_id", "__proto__", "d", "o", "arr" }));
            Assert.That(data.GetProperty("__proto__").GetString(), Is.EqualTo("\u0000😀\u2028"));
            Assert.That(data.GetProperty("d").GetProperty("$date").GetString(), Is.EqualTo("2026-04-02T12:00:00.123Z"));
            Assert.That(data.GetProperty("arr").GetArrayLength(), Is.EqualTo(2));
            foreach (var place in new[] { data.GetProperty("o"), json.RootElement.GetProperty("extra") })
            {
                Assert.That(place.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "a.b", "$set", "_id", "__proto__", "", "t", "s", "$date", "n" }));
                Assert.That(place.GetProperty("t").GetString(), Is.EqualTo("2026-04-02T12:00:00Z"));
                Assert.That(place.GetProperty("s").GetString(), Is.EqualTo("\u0000😀é\n"));
                var numbers = place.GetProperty("n");
                Assert.That(numbers[0].GetInt64(), Is.EqualTo(1));
                Assert.That(numbers[1].GetInt64(), Is.Zero);
                Assert.That(numbers[2].GetDouble(), Is.EqualTo(0.1));
                Assert.That(numbers[3].GetProperty("$numberDecimal").GetString(), Is.EqualTo("12345678901234567890123456789012.25"));
                Assert.That(numbers[4].GetProperty("$numberDecimal").GetString(), Is.EqualTo("1E+400"));
                Assert.That(numbers[5].GetInt64(), Is.EqualTo(9007199254740993));
            }
        });
    }

    [Test]
    public async Task A_customer_is_shown_without_the_pipelines_own_fields()
    {
        var key = NewCustomer();
        await Stores.Directory.CreateAsync([Customer(key, 1, "a@b.cd", "+4912345")], None);
        var profile = new CustomerProfile { FirstName = "A", CreatedAt = T0, UpdatedAt = T0.AddDays(1) };
        profile.CustomFields["a.b"] = ProfileValue.Of(true);
        var changes = new ProfileChanges { FirstName = true };
        changes.CustomFields.Add("a.b");
        await Stores.Profiles.WriteAsync([new(key, profile, changes, 0, At(2))], None);

        var found = (await Stores.CustomerReader.FindAsync(new(Store, IdentifierKind.Email, "a@b.cd"), None))!;
        using var json = JsonDocument.Parse(found.Json);
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name).Where(n => n != "_id"), Is.EquivalentTo(
            new[] { "storeId", "customerId", "email", "phoneNumber", "firstName", "customFields", "createdAt", "updatedAt" }));
        Assert.That(json.RootElement.GetProperty("customFields").GetProperty("a.b").GetBoolean(), Is.True);
        Assert.That(json.RootElement.GetProperty("updatedAt").GetProperty("$date").GetString(), Is.EqualTo("2026-04-03T12:00:00Z"));
    }
}
