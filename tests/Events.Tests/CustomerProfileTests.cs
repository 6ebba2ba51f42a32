using CustomEvents.Events;
using static CustomEvents.Tests.Events.Samples;

namespace CustomEvents.Tests.Events;

public class CustomerProfileTests
{
    private static readonly DateTime Before = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Now = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);

    [Test]
    public void A_patch_sets_what_it_has_and_leaves_the_rest()
    {
        var profile = new CustomerProfile { FirstName = "Jo", LastName = "Doe", UpdatedAt = Before };
        profile.Location["city"] = ProfileValue.Of("Austin");
        profile.CustomFields["tier"] = ProfileValue.Of("gold");
        profile.CustomFields["points"] = ProfileValue.Of(5L);

        var changes = new ProfileChanges();
        Assert.That(Apply(profile, """
            "firstName":"Jo\u0061nn\u00e9","lastName":"","location":{"state":"TX","latitude":1},"customFields":{"points":6,"a.b":true,"$set":"2026-04-02T12:00:00Z","n":null}
            """, changes), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(profile.FirstName, Is.EqualTo("Joanné"));
            Assert.That(profile.LastName, Is.EqualTo("Doe"));
            Assert.That(profile.Location, Is.EqualTo(new Dictionary<string, ProfileValue>
            {
                ["city"] = ProfileValue.Of("Austin"),
                ["state"] = ProfileValue.Of("TX"),
                ["latitude"] = ProfileValue.Of(1.0),
            }));
            Assert.That(profile.CustomFields, Is.EqualTo(new Dictionary<string, ProfileValue>
            {
                ["tier"] = ProfileValue.Of("gold"),
                ["points"] = ProfileValue.Of(6L),
                ["a.b"] = ProfileValue.Of(true),
                ["$set"] = ProfileValue.Of(Now),
            }));
            Assert.That(profile.UpdatedAt, Is.EqualTo(Now));
            Assert.That(changes.FirstName, Is.True);
            Assert.That(changes.LastName, Is.False);
            Assert.That(changes.Location, Is.EquivalentTo(new[] { "state", "latitude" }));
            Assert.That(changes.CustomFields, Is.EquivalentTo(new[] { "points", "a.b", "$set" }));
        });
    }

    [Test]
    public void The_same_patch_again_changes_nothing()
    {
        const string Patch = """
            "firstName":"é","lastName":"\u0044oe","location":{"city":"A","latitude":1.5},"customFields":{"k":"x","n":1,"b":false,"d":"2026-04-02T12:00:00Z","e":""}
            """;
        var profile = new CustomerProfile();
        Assert.That(Apply(profile, Patch, new ProfileChanges()), Is.True);
        profile.UpdatedAt = Before;
        var changes = new ProfileChanges();
        Assert.That(Apply(profile, Patch, changes), Is.False);
        Assert.That(changes.Any, Is.False);
        Assert.That(profile.UpdatedAt, Is.EqualTo(Before));
    }

    [TestCase("1", "\"1\"")]
    [TestCase("1", "true")]
    [TestCase("1", "1.5")]
    [TestCase("\"2026-04-02T12:00:00Z\"", "\"2026-04-02T12:00:01Z\"")]
    [TestCase("\"x\"", "\"X\"")]
    [TestCase("\"\"", "0")]
    public void Values_differ_by_kind_and_value(string before, string after)
    {
        var profile = new CustomerProfile();
        Apply(profile, "\"customFields\":{\"k\":" + before + "}", new ProfileChanges());
        Assert.That(Apply(profile, "\"customFields\":{\"k\":" + after + "}", new ProfileChanges()), Is.True);
    }

    [Test]
    public void An_identifier_that_was_added_is_a_change()
    {
        var profile = new CustomerProfile { UpdatedAt = Before };
        var changes = new ProfileChanges();
        Assert.That(profile.Apply(Valid(With("")), identifierAdded: true, Now, changes), Is.True);
        Assert.That(profile.UpdatedAt, Is.EqualTo(Now));
        Assert.That(changes.Any, Is.False);
    }

    [Test]
    public void A_profile_holds_1000_custom_fields_and_known_ones_still_change()
    {
        var profile = new CustomerProfile();
        for (var i = 0; i < 998; i++)
            profile.CustomFields[$"k{i}"] = ProfileValue.Of(0L);
        var changes = new ProfileChanges();
        Assert.That(Apply(profile, "\"customFields\":{\"a\":1,\"k5\":7,\"b\":2,\"c\":3,\"k6\":8}", changes), Is.True);
        Assert.That(profile.CustomFields, Has.Count.EqualTo(1_000));
        Assert.That(changes.CustomFields, Is.EquivalentTo(new[] { "a", "b", "k5", "k6" }));
        Assert.That(Apply(profile, "\"customFields\":{\"d\":1}", new ProfileChanges()), Is.False);
    }

    [Test]
    public void A_copy_is_its_own()
    {
        var profile = new CustomerProfile { FirstName = "Jo", CreatedAt = Before };
        profile.CustomFields["k"] = ProfileValue.Of(1L);
        var copy = profile.Copy();
        Apply(copy, "\"firstName\":\"X\",\"customFields\":{\"k\":2},\"location\":{\"city\":\"A\"}", new ProfileChanges());
        Assert.That(profile.FirstName, Is.EqualTo("Jo"));
        Assert.That(profile.CustomFields["k"], Is.EqualTo(ProfileValue.Of(1L)));
        Assert.That(profile.Location, Is.Empty);
        Assert.That(copy.CreatedAt, Is.EqualTo(Before));
    }

    [Test]
    public void Its_size_counts_bytes_of_text()
    {
        var profile = new CustomerProfile();
        var empty = profile.EstimatedBytes;
        profile.CustomFields["k"] = ProfileValue.Of(new string('ä', 50_000));
        Assert.That(profile.EstimatedBytes - empty, Is.InRange(100_000, 100_050));
    }

    private static bool Apply(CustomerProfile profile, string customer, ProfileChanges changes) =>
        profile.Apply(Valid(WithCustomer(customer.Trim())), identifierAdded: false, Now, changes);
}
