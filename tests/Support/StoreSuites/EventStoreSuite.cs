using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="IEventStore"/> and <see cref="IEventReader"/> does.</summary>
public abstract class EventStoreSuite : StoreSuite
{
    [Test]
    public async Task A_stored_event_is_read_by_its_id_and_its_uniqueId_in_its_own_store()
    {
        var stored = Event(""" "uniqueId":"a:b $" """);
        Assert.That(await PersistAsync(stored), Is.EqualTo(new[] { InsertOutcome.Stored }));

        var read = await Stores.EventReader.FindByEventIdAsync(Store, stored.EventId, None);
        Assert.That(read, Is.Not.Null);
        Assert.That((read!.EventId, read.StoreId, read.UniqueId, read.ReceivedAt), Is.EqualTo((stored.EventId, Store, "a:b $", T0)));
        Assert.That(await Stores.EventReader.FindByUniqueIdAsync(Store, "a:b $", None), Is.EqualTo(read));
        Assert.That(await Stores.EventReader.FindByEventIdAsync(Store + "x", stored.EventId, None), Is.Null);
        Assert.That(await Stores.EventReader.FindByUniqueIdAsync(Store, "other", None), Is.Null);
    }

    [Test]
    public async Task An_event_is_stored_once()
    {
        var stored = Event(""" "uniqueId":"u","data":{"k":1} """);
        var again = Event(""" "uniqueId":"u","data":{"k":2} """, eventId: stored.EventId, customer: stored.CustomerId);
        Assert.That(await PersistAsync(stored), Is.EqualTo(new[] { InsertOutcome.Stored }));
        using var encoder = Stores.Events.NewEncoder();
        Assert.That(await Stores.Events.InsertAsync([encoder.Encode(again)], None), Is.EqualTo(new[] { InsertOutcome.AlreadyStored }));

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
        using var encoder = Stores.Events.NewEncoder();
        var encoded = new[] { first, second, third }.Select(encoder.Encode).ToList();
        await Stores.Events.IndexAsync(encoded, None);
        await Stores.Events.IndexAsync(encoded, None);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EquivalentTo(new[] { first.CustomerId, third.CustomerId }));

        await Stores.Events.UnindexAsync([encoded[0]], None);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EquivalentTo(new[] { first.CustomerId, third.CustomerId }), "the second still has it");
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null, "other"), Is.Empty);
        await Stores.Events.UnindexAsync([encoded[1], encoded[0]], None);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EqualTo(new[] { third.CustomerId }));
    }
}
