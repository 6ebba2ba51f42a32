using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.StoreSuites;

/// <summary>What every <see cref="IProfileStore"/> does.</summary>
public abstract class ProfileStoreSuite : StoreSuite
{
    private static readonly string[] OddKeys = ["a", "a.b", "a.b.c", ".", "..", "$set", "$", "_id", "__proto__", "0", "-1", "a b", "ключ", "😀", "\u0001", "constructor", "$inc.x"];

    [Test]
    public async Task A_new_customer_has_an_empty_profile_of_revision_0_and_a_missing_one_has_none()
    {
        var key = await MakeAsync();
        var read = await ReadProfilesAsync(NewCustomer(), key);

        Assert.That(read[0], Is.Null);
        Assert.That(read[1]!.Revision, Is.Zero);
        Assert.That(read[1]!.Marks, Is.Empty);
        Assert.That(read[1]!.Profile.CreatedAt, Is.EqualTo(T0));
        Assert.That(read[1]!.Profile.UpdatedAt, Is.EqualTo(T0));
        Assert.That(read[1]!.Profile.FirstName, Is.Null);
        Assert.That(read[1]!.Profile.Location, Is.Empty);
        Assert.That(read[1]!.Profile.CustomFields, Is.Empty);
        Assert.That((await ReadProfilesAsync(key))[0]!.Profile, Is.Not.SameAs(read[1]!.Profile), "the caller's own copy");
        Assert.That(await ReadProfilesAsync(), Is.Empty);
    }

    [Test]
    public async Task Everything_that_is_written_is_read_with_its_type()
    {
        var key = await MakeAsync();
        await WriteAsync(key, At(10), profile =>
        {
            profile.FirstName = "Zoë\u0000";
            profile.LastName = "$x";
            profile.Location["city"] = ProfileValue.Of("Köln");
            profile.Location["latitude"] = ProfileValue.Of(50.9);
            profile.CustomFields["string"] = ProfileValue.Of("");
            profile.CustomFields["integer"] = ProfileValue.Of(long.MinValue);
            profile.CustomFields["double"] = ProfileValue.Of(1.5e300);
            profile.CustomFields["yes"] = ProfileValue.Of(true);
            profile.CustomFields["no"] = ProfileValue.Of(false);
            profile.CustomFields["date"] = ProfileValue.Of(new DateTime(1, 1, 1, 0, 0, 0, 1, DateTimeKind.Utc));
            profile.UpdatedAt = T0.AddDays(1);
        });

        var read = (await ReadProfilesAsync(key))[0]!;
        Assert.Multiple(() =>
        {
            Assert.That(read.Revision, Is.EqualTo(1));
            Assert.That(read.Marks, Is.EquivalentTo(new[] { new Position(Topic, 3, 10) }));
            Assert.That(read.Profile.FirstName, Is.EqualTo("Zoë\u0000"));
            Assert.That(read.Profile.LastName, Is.EqualTo("$x"));
            Assert.That(read.Profile.Location["city"], Is.EqualTo(ProfileValue.Of("Köln")));
            Assert.That(read.Profile.Location["latitude"], Is.EqualTo(ProfileValue.Of(50.9)));
            Assert.That(read.Profile.CustomFields["string"], Is.EqualTo(ProfileValue.Of("")));
            Assert.That(read.Profile.CustomFields["integer"], Is.EqualTo(ProfileValue.Of(long.MinValue)));
            Assert.That(read.Profile.CustomFields["double"], Is.EqualTo(ProfileValue.Of(1.5e300)));
            Assert.That(read.Profile.CustomFields["yes"], Is.EqualTo(ProfileValue.Of(true)));
            Assert.That(read.Profile.CustomFields["no"], Is.EqualTo(ProfileValue.Of(false)));
            Assert.That(read.Profile.CustomFields["date"].Date, Is.EqualTo(new DateTime(1, 1, 1, 0, 0, 0, 1, DateTimeKind.Utc)));
            Assert.That(read.Profile.CreatedAt, Is.EqualTo(T0));
            Assert.That(read.Profile.UpdatedAt, Is.EqualTo(T0.AddDays(1)));
        });
    }

    [Test]
    public async Task Keys_are_kept_to_the_letter_when_written_together()
    {
        var key = await MakeAsync();
        await WriteAsync(key, At(1), profile =>
        {
            foreach (var odd in OddKeys)
                profile.CustomFields[odd] = ProfileValue.Of(odd);
        });

        var read = (await ReadProfilesAsync(key))[0]!;
        Assert.That(read.Profile.CustomFields.Select(f => (f.Key, f.Value.Text)), Is.EquivalentTo(OddKeys.Select(k => (k, k))));
    }

    [Test]
    public async Task Keys_are_kept_to_the_letter_when_written_one_after_the_other_and_changed()
    {
        var key = await MakeAsync();
        var offset = 0;
        foreach (var round in new[] { "1", "2" })
        {
            foreach (var odd in OddKeys)
                await WriteAsync(key, At(++offset), profile => profile.CustomFields[odd] = ProfileValue.Of(odd + round));
        }

        var read = (await ReadProfilesAsync(key))[0]!;
        Assert.That(read.Profile.CustomFields.Select(f => (f.Key, f.Value.Text)), Is.EquivalentTo(OddKeys.Select(k => (k, k + "2"))));
        Assert.That(read.Revision, Is.EqualTo(offset));
    }

    [Test]
    public async Task What_is_not_among_the_changes_stays()
    {
        var key = await MakeAsync("a@b.cd");
        await WriteAsync(key, At(1), profile =>
        {
            profile.FirstName = "A";
            profile.Location["city"] = ProfileValue.Of("Köln");
            profile.CustomFields["x"] = ProfileValue.Of(1L);
        });
        await WriteAsync(key, At(2), profile =>
        {
            profile.LastName = "B";
            profile.Location["state"] = ProfileValue.Of("NRW");
            profile.CustomFields["y"] = ProfileValue.Of(2L);
        });

        var read = (await ReadProfilesAsync(key))[0]!;
        Assert.That((read.Profile.FirstName, read.Profile.LastName), Is.EqualTo(("A", "B")));
        Assert.That(read.Profile.Location.Keys, Is.EquivalentTo(new[] { "city", "state" }));
        Assert.That(read.Profile.CustomFields.Keys, Is.EquivalentTo(new[] { "x", "y" }));
        Assert.That((await Stores.Directory.FindAsync([new(Store, IdentifierKind.Email, "a@b.cd")], None)).Single().Key, Is.EqualTo(key));
    }

    [Test]
    public async Task A_write_without_changes_moves_mark_and_revision()
    {
        var key = await MakeAsync();
        await WriteAsync(key, At(4, partition: 1), _ => { });
        await WriteAsync(key, At(5, partition: 2), _ => { });
        await WriteAsync(key, At(6, partition: 1), _ => { });

        var read = (await ReadProfilesAsync(key))[0]!;
        Assert.That(read.Revision, Is.EqualTo(3));
        Assert.That(read.Marks, Is.EquivalentTo(new[] { new Position(Topic, 1, 6), new Position(Topic, 2, 5) }));
    }

    [Test]
    public async Task A_write_over_another_revision_is_a_conflict_and_a_customer_that_is_not_there_is_not_made()
    {
        var first = await MakeAsync();
        var second = await MakeAsync();
        var missing = NewCustomer();
        await WriteAsync(first, At(1), profile => profile.FirstName = "kept");

        var outcomes = await Stores.Profiles.WriteAsync([Named(first, 0), Named(missing, 0), Named(second, 0), Named(NewCustomer(), 3)], None);

        Assert.That(outcomes, Is.EqualTo(new[]
        {
            ProfileWriteOutcome.Conflict, ProfileWriteOutcome.NoCustomer, ProfileWriteOutcome.Written, ProfileWriteOutcome.NoCustomer,
        }));
        var read = await ReadProfilesAsync(first, second, missing);
        Assert.That(read.Select(r => r?.Profile.FirstName), Is.EqualTo(new[] { "kept", "new", null }));
        Assert.That(read[2], Is.Null);
        Assert.That(await Stores.Profiles.WriteAsync([], None), Is.Empty);
    }

    [Test]
    public async Task The_same_write_again_is_a_conflict()
    {
        var key = await MakeAsync();
        Assert.That(await Stores.Profiles.WriteAsync([Named(key, 0)], None), Is.EqualTo(new[] { ProfileWriteOutcome.Written }));
        Assert.That(await Stores.Profiles.WriteAsync([Named(key, 0)], None), Is.EqualTo(new[] { ProfileWriteOutcome.Conflict }));
    }

    [Test]
    public async Task Writers_who_read_and_write_at_once_lose_no_change()
    {
        var key = await MakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            for (var n = 0; n < 5; n++)
            {
                while (true)
                {
                    var read = (await ReadProfilesAsync(key))[0]!;
                    var changes = new ProfileChanges();
                    var count = read.Profile.CustomFields.TryGetValue("count", out var value) ? value.Bits : 0;
                    read.Profile.CustomFields["count"] = ProfileValue.Of(count + 1);
                    changes.CustomFields.Add("count");
                    var outcomes = await Stores.Profiles.WriteAsync([new(key, read.Profile, changes, read.Revision, At(n, writer))], None);
                    if (outcomes[0] == ProfileWriteOutcome.Written)
                        break;
                }
            }
        })));

        var after = (await ReadProfilesAsync(key))[0]!;
        Assert.That(after.Profile.CustomFields["count"].Bits, Is.EqualTo(30));
        Assert.That(after.Revision, Is.EqualTo(30));
        Assert.That(after.Marks, Has.Count.EqualTo(6));
    }

    private static ProfileWrite Named(CustomerKey key, long revision) => new(
        key, new CustomerProfile { FirstName = "new", CreatedAt = T0, UpdatedAt = T0 }, new ProfileChanges { FirstName = true }, revision, At(50));

    private async Task<CustomerKey> MakeAsync(string? email = null)
    {
        var key = NewCustomer();
        Assert.That(await Stores.Directory.CreateAsync([Customer(key, 1, email)], None), Is.EqualTo(new[] { true }));
        return key;
    }

    private async Task WriteAsync(CustomerKey key, Position mark, Action<CustomerProfile> change)
    {
        var read = (await ReadProfilesAsync(key))[0]!;
        var before = read.Profile.Copy();
        change(read.Profile);
        var changes = new ProfileChanges { FirstName = before.FirstName != read.Profile.FirstName, LastName = before.LastName != read.Profile.LastName };
        changes.Location.UnionWith(read.Profile.Location.Except(before.Location).Select(f => f.Key));
        changes.CustomFields.UnionWith(read.Profile.CustomFields.Except(before.CustomFields).Select(f => f.Key));
        Assert.That(
            await Stores.Profiles.WriteAsync([new(key, read.Profile, changes, read.Revision, mark)], None), Is.EqualTo(new[] { ProfileWriteOutcome.Written }));
    }

    [Test]
    public async Task Reading_ends_at_a_size_and_goes_on_with_the_others()
    {
        var keys = Enumerable.Range(0, 150).Select(_ => NewCustomer()).ToList();
        await Stores.Directory.CreateAsync(keys.ConvertAll(key => Customer(key)), None);
        var profiles = (await ReadProfilesAsync([.. keys])).Select(stored => stored!.Profile).ToList();
        foreach (var profile in profiles)
            profile.CustomFields["k"] = ProfileValue.Of(new string('x', 10_000));
        var changes = new ProfileChanges();
        changes.CustomFields.Add("k");
        await Stores.Profiles.WriteAsync([.. keys.Select((key, i) => new ProfileWrite(key, profiles[i], changes, 0, At(9)))], None);

        var left = keys.Append(NewCustomer()).ToHashSet();
        var rounds = 0;
        for (var isWhole = false; !isWhole; rounds++)
        {
            var read = await Stores.Profiles.ReadAsync(left, 400_000, None);
            Assert.That(read.Found, Has.Count.LessThanOrEqualTo(40));
            Assert.That(read.IsWhole || read.Found.Count > 0, Is.True, "every round gets on");
            left.ExceptWith(read.Found.Keys);
            isWhole = read.IsWhole;
        }

        Assert.That(left, Has.Count.EqualTo(1), "the one who does not exist");
        Assert.That(rounds, Is.GreaterThanOrEqualTo(4));
        Assert.That((await Stores.Profiles.ReadAsync(keys, 1, None)).Found, Has.Count.EqualTo(1), "one is always read, however large");
    }
}
