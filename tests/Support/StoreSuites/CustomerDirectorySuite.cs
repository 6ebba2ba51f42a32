using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="ICustomerDirectory"/> does.</summary>
public abstract class CustomerDirectorySuite : StoreSuite
{
    [Test]
    public async Task A_customer_is_found_by_each_of_its_identifiers_with_their_positions()
    {
        var customer = Customer(NewCustomer(), 5, "a@b.cd", "+4912345") with { CreatedBy = new(Topic, 11, long.MaxValue - 1) };
        Assert.That(await Stores.Directory.CreateAsync([customer], None), Is.EqualTo(new[] { true }));

        foreach (var identifier in Identifiers(customer))
            Assert.That(await Stores.Directory.FindAsync([identifier], None), Is.EqualTo(new[] { customer }), identifier.Kind.ToString());
        Assert.That(await Stores.Directory.FindAsync(Identifiers(customer), None), Is.EqualTo(new[] { customer }), "each once");
        Assert.That(await Stores.Directory.FindAsync([], None), Is.Empty);
    }

    [Test]
    public async Task A_lookup_finds_the_customers_of_its_own_stores_alone()
    {
        var id = NewCustomerId();
        var here = Customer(new(Store, id), 1, "a@b.cd", "+4912345");
        var there = Customer(new(Store + "x", id), 2, "a@b.cd", "+4912345");
        Assert.That(await Stores.Directory.CreateAsync([here, there], None), Is.EqualTo(new[] { true, true }));

        foreach (var identifier in Identifiers(here))
            Assert.That(await Stores.Directory.FindAsync([identifier], None), Is.EqualTo(new[] { here }));
        Assert.That(await Stores.Directory.FindAsync([.. Identifiers(here), .. Identifiers(there)], None), Is.EquivalentTo(new[] { here, there }));
    }

    [Test]
    public async Task A_lookup_for_many_stores_finds_in_each_what_was_asked_of_it_and_nothing_else()
    {
        const int Count = 100;
        var customers = Enumerable.Range(0, Count).Select(i => Customer(new(Store + i, NewCustomerId()), i, $"c{i}@b.cd", $"+49{1000 + i}")).ToList();
        Assert.That(await Stores.Directory.CreateAsync(customers, None), Has.All.True);
        var own = Enumerable.Range(0, Count).Select(i => i % 2 == 0
            ? new Identifier(Store + i, IdentifierKind.Email, $"c{i}@b.cd") : new Identifier(Store + i, IdentifierKind.PhoneNumber, $"+49{1000 + i}"));
        var neighbours = Enumerable.Range(0, Count).Select(i => new Identifier(Store + i, IdentifierKind.Email, $"c{(i + 1) % Count}@b.cd"));

        Assert.That(await Stores.Directory.FindAsync([.. own], None), Is.EquivalentTo(customers));
        Assert.That(await Stores.Directory.FindAsync([.. neighbours], None), Is.Empty);
    }

    [Test]
    public async Task A_batch_of_lookups_finds_what_is_there_and_nothing_else()
    {
        var customers = Enumerable.Range(0, 200)
            .Select(i => Customer(NewCustomer(), i, i % 2 == 0 ? $"c{i}@b.cd" : null, i % 3 == 0 ? $"+49{1000 + i}" : null)).ToList();
        Assert.That(await Stores.Directory.CreateAsync(customers, None), Has.All.True);
        var asked = Enumerable.Range(0, 400).Select(i => new Identifier(Store, IdentifierKind.Email, $"c{i}@b.cd")).ToList();

        Assert.That(await Stores.Directory.FindAsync(asked, None), Is.EquivalentTo(customers.Where(c => c.Email is not null)));
    }

    [Test]
    public async Task A_customer_whose_identifier_belongs_to_somebody_is_not_made_and_leaves_nothing()
    {
        var owner = Customer(NewCustomer(), 1, "a@b.cd", "+4912345");
        await Stores.Directory.CreateAsync([owner], None);
        var sameId = Customer(owner.Key, 2, "new1@b.cd");
        var sameEmail = Customer(NewCustomer(), 3, "a@b.cd", "+4900001");
        var samePhone = Customer(NewCustomer(), 4, "new2@b.cd", "+4912345");
        var other = Customer(NewCustomer(), 5, "new3@b.cd", "+4900002");

        Assert.That(await Stores.Directory.CreateAsync([sameId, sameEmail, other, samePhone], None), Is.EqualTo(new[] { false, false, true, false }));

        Identifier[] left = [.. Identifiers(sameId).Skip(1), .. Identifiers(sameEmail).Where(i => i.Value != "a@b.cd"), .. Identifiers(samePhone).Where(i => i.Value != "+4912345")];
        Assert.That(await Stores.Directory.FindAsync(left, None), Is.Empty);
        Assert.That(await Stores.Directory.FindAsync(Identifiers(owner), None), Is.EqualTo(new[] { owner }));
    }

    [Test]
    public async Task Many_customers_without_an_email_address_or_phone_number_do_not_collide()
    {
        var customers = Enumerable.Range(0, 10).Select(i => Customer(NewCustomer(), i)).ToList();
        Assert.That(await Stores.Directory.CreateAsync(customers, None), Has.All.True);
    }

    [Test]
    public async Task Of_many_who_make_one_customer_at_once_one_does()
    {
        var callers = Enumerable.Range(0, 8).Select(i => Enumerable.Range(0, 20).Select(n => Customer(NewCustomer(), i, $"c{n}@b.cd")).ToList()).ToList();

        var made = await Task.WhenAll(callers.Select(customers => Task.Run(() => Stores.Directory.CreateAsync(customers, None))));

        for (var n = 0; n < 20; n++)
        {
            Assert.That(made.Count(answer => answer[n]), Is.EqualTo(1), $"customer {n}");
            var winner = callers[made.Select((answer, i) => (answer, i)).Single(p => p.answer[n]).i][n];
            Assert.That(await Stores.Directory.FindAsync([new(Store, IdentifierKind.Email, $"c{n}@b.cd")], None), Is.EqualTo(new[] { winner }));
        }
    }

    [Test]
    public async Task An_identifier_is_put_where_there_is_none_of_its_kind_and_nobody_else_has_it()
    {
        var bare = Customer(NewCustomer(), 1);
        var owner = Customer(NewCustomer(), 2, "a@b.cd", "+4912345");
        await Stores.Directory.CreateAsync([bare, owner], None);
        var email = new PlacedIdentifier("new@b.cd", At(9));

        var put = await Stores.Directory.LinkAsync(
            [
                new(bare.Key, IdentifierKind.Email, email),
                new(owner.Key, IdentifierKind.Email, new("other@b.cd", At(10))),
                new(NewCustomer(), IdentifierKind.Email, new("nobody@b.cd", At(11))),
                new(bare.Key, IdentifierKind.PhoneNumber, new("+4912345", At(12))),
            ], None);

        Assert.That(put, Is.EqualTo(new[] { true, false, false, false }));
        Assert.That(await Stores.Directory.FindAsync([Identifiers(bare)[0]], None), Is.EqualTo(new[] { bare with { Email = email } }));
        Assert.That(await Stores.Directory.FindAsync([new(Store, IdentifierKind.Email, "new@b.cd")], None), Is.EqualTo(new[] { bare with { Email = email } }));
        Assert.That(await Stores.Directory.FindAsync(Identifiers(owner), None), Is.EqualTo(new[] { owner }));
        Assert.That(
            await Stores.Directory.FindAsync([new(Store, IdentifierKind.Email, "other@b.cd"), new(Store, IdentifierKind.Email, "nobody@b.cd")], None), Is.Empty);
    }

    [Test]
    public async Task An_identifier_that_is_put_again_says_that_the_customer_has_one()
    {
        var bare = Customer(NewCustomer(), 1);
        await Stores.Directory.CreateAsync([bare], None);
        var link = new IdentifierLink(bare.Key, IdentifierKind.PhoneNumber, new("+4912345", At(9)));

        Assert.That(await Stores.Directory.LinkAsync([link], None), Is.EqualTo(new[] { true }));
        Assert.That(await Stores.Directory.LinkAsync([link], None), Is.EqualTo(new[] { false }));
        Assert.That(await Stores.Directory.LinkAsync([], None), Is.Empty);
    }

    [Test]
    public async Task Putting_an_identifier_leaves_the_profile_as_it_is()
    {
        var bare = Customer(NewCustomer(), 1);
        await Stores.Directory.CreateAsync([bare], None);
        var before = (await ReadProfilesAsync(bare.Key))[0]!;
        await Stores.Directory.LinkAsync([new(bare.Key, IdentifierKind.Email, new("a@b.cd", At(9)))], None);
        var after = (await ReadProfilesAsync(bare.Key))[0]!;

        Assert.That(after.Profile.UpdatedAt, Is.EqualTo(before.Profile.UpdatedAt));
        Assert.That(after.Revision, Is.EqualTo(before.Revision));
    }

    [Test]
    public async Task Of_many_who_put_one_identifier_at_once_one_does()
    {
        var customers = Enumerable.Range(0, 8).Select(i => Customer(NewCustomer(), i)).ToList();
        await Stores.Directory.CreateAsync(customers, None);

        var put = await Task.WhenAll(customers.Select(c => Task.Run(
            () => Stores.Directory.LinkAsync([new(c.Key, IdentifierKind.Email, new("a@b.cd", At(100)))], None))));

        Assert.That(put.Count(p => p[0]), Is.EqualTo(1));
        var owner = (await Stores.Directory.FindAsync([new(Store, IdentifierKind.Email, "a@b.cd")], None)).Single();
        Assert.That(owner.Key, Is.EqualTo(customers[put.Select((p, i) => (p, i)).Single(p => p.p[0]).i].Key));
    }

    private static Identifier[] Identifiers(IdentifiedCustomer customer) => [.. customer.Identifiers()];
}
