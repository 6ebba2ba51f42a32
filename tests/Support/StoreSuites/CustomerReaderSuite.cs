using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="ICustomerReader"/> does.</summary>
public abstract class CustomerReaderSuite : StoreSuite
{
    [Test]
    public async Task A_customer_is_found_by_any_of_its_identifiers_in_its_own_store_with_the_number_of_its_events()
    {
        var key = NewCustomer();
        await Stores.Directory.CreateAsync([Customer(key, 1, "a@b.cd", "+4912345")], None);
        await PersistAsync(Event(customer: key.CustomerId), Event(customer: key.CustomerId), Event());

        var found = await Stores.CustomerReader.FindAsync(new(Store, IdentifierKind.Email, "a@b.cd"), None);
        Assert.That(found, Is.Not.Null);
        Assert.That((found!.Key, found.Events), Is.EqualTo((key, 2)));
        Assert.That(await Stores.CustomerReader.FindAsync(new(Store, IdentifierKind.PhoneNumber, "+4912345"), None), Is.EqualTo(found));
        Assert.That(await Stores.CustomerReader.FindAsync(new(Store, IdentifierKind.Id, key.CustomerId.ToString()), None), Is.EqualTo(found));
        Assert.That(await Stores.CustomerReader.FindAsync(new(Store + "x", IdentifierKind.Email, "a@b.cd"), None), Is.Null);
        Assert.That(await Stores.CustomerReader.FindAsync(new(Store, IdentifierKind.Id, "not an id"), None), Is.Null);
    }

    [Test]
    public async Task An_erased_customer_is_gone_with_its_events_and_entries_but_not_its_claims()
    {
        var key = NewCustomer();
        var other = NewCustomer();
        await Stores.Directory.CreateAsync([Customer(key, 1, "a@b.cd"), Customer(other, 2, "other@b.cd")], None);
        var events = Enumerable.Range(0, 5).Select(i => Event(
            $$$""" "uniqueId":"u{{{i}}}","eventTimestamp":"2026-01-02T03:04:05.678Z","data":{"k":{{{i + 1}}},"s":"x\u0001\u0000{{{new string('é', 600)}}}","b":false,"d":"2026-04-02T12:00:00Z","f":0.5,"o":{"$date":"2026-04-02T12:00:00Z"}} """,
            customer: key.CustomerId)).ToArray();
        var kept = Event(""" "data":{"k":1} """, customer: other.CustomerId);
        await Stores.Claims.ClaimAsync([.. events.Select(e => new Claim(Store, e.Event.UniqueId!, e.EventId))], None);
        await PersistAsync([.. events, kept]);

        Assert.That(await Stores.CustomerReader.EraseAsync(key, None), Is.EqualTo(5));
        Assert.That(await Stores.CustomerReader.EraseAsync(key, None), Is.Zero, "safe to repeat");

        Assert.That(await Stores.CustomerReader.FindAsync(new(Store, IdentifierKind.Email, "a@b.cd"), None), Is.Null);
        Assert.That(await Stores.EventReader.FindByEventIdAsync(Store, events[0].EventId, None), Is.Null);
        foreach (var name in new[] { "s", "b", "d", "f", "o" })
            Assert.That(await SegmentAsync(SegmentOperator.Exists, null, name), Is.Empty, name);
        Assert.That(await SegmentAsync(SegmentOperator.Exists, null), Is.EqualTo(new[] { other.CustomerId }));
        Assert.That(await Stores.Claims.FindAsync(Store, "u0", None), Is.EqualTo(events[0].EventId));
        Assert.That((await Stores.CustomerReader.FindAsync(new(Store, IdentifierKind.Email, "other@b.cd"), None))!.Events, Is.EqualTo(1));
    }
}
