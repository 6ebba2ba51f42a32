using System.Text.Json;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="IEventStore"/> and <see cref="IEventReader"/> does.</summary>
public abstract class EventStoreSuite : StoreSuite
{
    [Test]
    public async Task A_stored_event_is_read_by_its_id_and_its_uniqueId_in_its_own_store()
    {
        var stored = Event("""
            "uniqueId":"a:b $","value":99.90,"valueCurrency":"eur","data":{"n":1,"$extra":{"e":[1,null]}},"eventTimestamp":"2026-01-02T03:04:05.678Z"
            """);
        Assert.That(await PersistAsync(stored), Is.EqualTo(new[] { InsertOutcome.Stored }));

        var read = await Stores.EventReader.FindByEventIdAsync(Store, stored.EventId, None);
        Assert.That(read, Is.Not.Null);
        Assert.That((read!.EventId, read.StoreId, read.UniqueId, read.ReceivedAt), Is.EqualTo((stored.EventId, Store, "a:b $", T0)));
        Assert.That(await Stores.EventReader.FindByUniqueIdAsync(Store, "a:b $", None), Is.EqualTo(read));
        Assert.That(await Stores.EventReader.FindByEventIdAsync(Store + "x", stored.EventId, None), Is.Null);
        Assert.That(await Stores.EventReader.FindByUniqueIdAsync(Store, "other", None), Is.Null);
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
    public async Task An_event_is_stored_once()
    {
        var stored = Event(""" "uniqueId":"u","data":{"k":1} """);
        var again = Event(""" "uniqueId":"u","data":{"k":2} """, eventId: stored.EventId, customer: stored.CustomerId);
        Assert.That(await PersistAsync(stored), Is.EqualTo(new[] { InsertOutcome.Stored }));
        var encoded = Stores.Events.Encode(again);
        Assert.That(await Stores.Events.InsertAsync([encoded], None), Is.EqualTo(new[] { InsertOutcome.AlreadyStored }));
        encoded.Dispose();

        Assert.That((await Stores.EventReader.FindByUniqueIdAsync(Store, "u", None))!.Json, Does.Contain("\"k\"").And.Not.Contain("2 }"));
    }

    [Test]
    public async Task A_batch_has_one_outcome_each_in_its_order()
    {
        var stored = Event(""" "uniqueId":"u1" """);
        var elsewhere = Event(""" "uniqueId":"u1" """, store: Store + "x");
        await PersistAsync(stored, elsewhere);

        var outcomes = await PersistAsync(
            Event(""" "uniqueId":"u2" """),
            Event(eventId: elsewhere.EventId),
            Event(""" "uniqueId":"u1" """),
            Event(),
            Event(""" "uniqueId":"u1" """, eventId: stored.EventId));

        Assert.That(outcomes, Is.EqualTo(new[]
        {
            InsertOutcome.Stored, InsertOutcome.EventIdOfAnotherStore, InsertOutcome.UniqueIdTaken, InsertOutcome.Stored, InsertOutcome.AlreadyStored,
        }));
        Assert.That(await Stores.Events.InsertAsync([], None), Is.Empty);
    }

    [Test]
    public async Task Owners_are_told_by_id()
    {
        var here = Event();
        var there = Event(store: Store + "x");
        await PersistAsync(here, there);

        Assert.That(
            await Stores.Events.FindOwnersAsync([here.EventId, Guid.NewGuid(), there.EventId], None),
            Is.EquivalentTo(new Dictionary<Guid, string> { [here.EventId] = Store, [there.EventId] = Store + "x" }));
        Assert.That(await Stores.Events.FindOwnersAsync([], None), Is.Empty);
    }

    [Test]
    public async Task Of_many_who_store_one_uniqueId_at_once_one_does()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PersistAsync(Event(""" "uniqueId":"u" """), Event()))));

        Assert.That(outcomes.Count(o => o[0] == InsertOutcome.Stored), Is.EqualTo(1));
        Assert.That(outcomes.Count(o => o[0] == InsertOutcome.UniqueIdTaken), Is.EqualTo(7));
        Assert.That(outcomes.Select(o => o[1]), Has.All.EqualTo(InsertOutcome.Stored));
    }

    [Test]
    public async Task Index_entries_are_written_once_and_removed_for_their_own_event_alone()
    {
        var first = Event(""" "data":{"k":1,"other":"x"} """);
        var second = Event(""" "data":{"k":1} """, customer: first.CustomerId);
        var third = Event(""" "data":{"k":1} """);
        var encoded = new[] { first, second, third }.Select(Stores.Events.Encode).ToList();
        await Stores.Events.IndexAsync(encoded, None);
        await Stores.Events.IndexAsync(encoded, None);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EquivalentTo(new[] { first.CustomerId, third.CustomerId }));

        await Stores.Events.UnindexAsync([encoded[0]], None);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EquivalentTo(new[] { first.CustomerId, third.CustomerId }), "the second still has it");
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null, "other"), Is.Empty);
        await Stores.Events.UnindexAsync([encoded[1], encoded[0]], None);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EqualTo(new[] { third.CustomerId }));
        encoded.ForEach(e => e.Dispose());
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
}
