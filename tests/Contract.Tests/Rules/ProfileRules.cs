using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>How events patch their customer's profile: contract section 6, "Profile".</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class ProfileRules(DeploymentSource source) : RuleFixture(source)
{
    private string _email = "";

    [SetUp]
    public void NewPerson() => _email = TestStore.NewEmail();

    [Test]
    public async Task Every_field_is_stored_with_its_type()
    {
        await StoreAsync("""
            "firstName":"Ada","lastName":" Lovelace ",
            "location":{"street1":"1 A St","street2":"Apt 2","city":"London","state":"Greater London","stateCode":"LND","postalCode":"E1 6AN","country":"United Kingdom","countryCode":"GB","ianaTimeZoneName":"Europe/London","latitude":51,"longitude":-0.1278},
            "customFields":{"text":"x","empty":"","zero":0,"minus":-0.0,"whole":5.0,"fraction":1.5,"no":false,"since":"2026-04-02T14:00:00.1239+02:00","day":"2026-04-02","none":null,"a.b":1,"$set":2,"_id":3,"__proto__":4}
            """);
        var customer = await CustomerAsync();
        Assert.Multiple(() =>
        {
            Assert.That(customer.Member("firstName"), Is.EqualTo("\"Ada\""));
            Assert.That(customer.Member("lastName"), Is.EqualTo("\" Lovelace \""));
            Assert.That(Sorted(customer, "location"), Is.EqualTo(
                """city="London" country="United Kingdom" countryCode="GB" ianaTimeZoneName="Europe/London" latitude=Double(51) longitude=Double(-0.1278) postalCode="E1 6AN" state="Greater London" stateCode="LND" street1="1 A St" street2="Apt 2" """.TrimEnd()));
            Assert.That(Sorted(customer, "customFields"), Is.EqualTo(
                """$set=Long(2) __proto__=Long(4) _id=Long(3) a.b=Long(1) day="2026-04-02" empty="" fraction=Double(1.5) minus=Long(0) no=false since=Date(2026-04-02T12:00:00.123Z) text="x" whole=Long(5) zero=Long(0)"""));
        });
    }

    [Test]
    public async Task What_is_absent_null_or_an_empty_string_stays_as_it_was()
    {
        await StoreAsync("""
            "firstName":"Ada","lastName":"Lovelace","location":{"city":"London","countryCode":"GB","latitude":1.5},"customFields":{"a":1,"b":"x","a.b":true}
            """,
            """
            "firstName":"","lastName":null,"location":{"city":"","countryCode":null,"postalCode":"E1"},"customFields":{"a":null,"b":""}
            """,
            "\"lastName\":\"King\",\"location\":{\"longitude\":2},\"customFields\":{\"c\":false}");
        var customer = await CustomerAsync();
        Assert.Multiple(() =>
        {
            Assert.That(customer.Member("firstName"), Is.EqualTo("\"Ada\""));
            Assert.That(customer.Member("lastName"), Is.EqualTo("\"King\""));
            Assert.That(Sorted(customer, "location"), Is.EqualTo("""city="London" countryCode="GB" latitude=Double(1.5) longitude=Double(2) postalCode="E1" """.TrimEnd()));
            Assert.That(Sorted(customer, "customFields"), Is.EqualTo("a=Long(1) a.b=true b=\"\" c=false"), "an empty custom field is a value");
        });
    }

    [Test]
    public async Task Nobody_s_fields_are_there_that_no_event_gave()
    {
        await StoreAsync("\"firstName\":\"\",\"location\":{},\"customFields\":{}");
        var customer = await CustomerAsync();
        Assert.That(
            customer.Names.Where(static name => !name.StartsWith('_')),
            Is.EquivalentTo(new[] { "storeId", "customerId", "email", "createdAt", "updatedAt" }));
    }

    [Test]
    public async Task Times_are_those_of_the_events_that_made_and_changed_it()
    {
        var first = await StoreAsync("\"firstName\":\"Ada\",\"customFields\":{\"n\":1}");
        await StoreAsync("\"firstName\":\"Ada\",\"customFields\":{\"n\":1.0}");
        var unchanged = await CustomerAsync();
        var third = await StoreAsync("\"customFields\":{\"n\":2}");
        var changed = await CustomerAsync();
        Assert.Multiple(() =>
        {
            Assert.That(unchanged.Member("createdAt"), Is.EqualTo(first.Member("receivedAt")));
            Assert.That(unchanged.Member("updatedAt"), Is.EqualTo(first.Member("receivedAt")), "nothing changed");
            Assert.That(changed.Member("createdAt"), Is.EqualTo(first.Member("receivedAt")));
            Assert.That(changed.Member("updatedAt"), Is.EqualTo(third.Member("receivedAt")));
        });
    }

    [Test]
    public async Task An_identifier_that_is_added_moves_the_time_of_the_change()
    {
        await StoreAsync("\"firstName\":\"Ada\"");
        var second = await StoreAsync($"\"phoneNumber\":\"{TestStore.NewPhone()}\"");
        Assert.That((await CustomerAsync()).Member("updatedAt"), Is.EqualTo(second.Member("receivedAt")));
    }

    [Test]
    public async Task Events_are_applied_in_the_order_of_the_log()
    {
        await StoreAsync([.. Enumerable.Range(1, 60).Select(static n => $"\"customFields\":{{\"last\":{n},\"f{n % 7}\":{n}}}")]);
        Assert.That(Sorted(await CustomerAsync(), "customFields"), Is.EqualTo(
            "f0=Long(56) f1=Long(57) f2=Long(58) f3=Long(59) f4=Long(60) f5=Long(54) f6=Long(55) last=Long(60)"));
    }

    [Test]
    public async Task A_profile_holds_a_thousand_custom_fields_and_leaves_out_further_new_ones()
    {
        static string Fields(int from, int count, int value) => $"\"customFields\":{{{string.Join(',', Enumerable.Range(from, count).Select(n => $"\"f{n}\":{value}"))}}}";
        await StoreAsync(Fields(0, 400, 1), Fields(400, 400, 1), Fields(700, 400, 2));
        var fields = (await CustomerAsync())["customFields"].AsBsonDocument;
        Assert.Multiple(() =>
        {
            Assert.That(fields.ElementCount, Is.EqualTo(1000));
            Assert.That(fields.Member("f799"), Is.EqualTo("Long(2)"), "those that are there go on changing");
            Assert.That(fields.Member("f999"), Is.EqualTo("Long(2)"));
            Assert.That(fields.Member("f1000"), Is.EqualTo("absent"));
        });
    }

    private async Task<BsonDocument> StoreAsync(params string[] patches)
    {
        var results = await Store.SendBulkAsync(patches.Select(patch => $"{{\"eventName\":\"Seen\",\"customer\":{{\"email\":\"{_email}\",{patch}}}}}"));
        return await Store.StoredAsync(results[^1].EventId!.Value);
    }

    private Task<BsonDocument> CustomerAsync() => Store.CustomerAsync("email", _email);

    private static string Sorted(BsonDocument customer, string name) => string.Join(
        ' ', customer[name].AsBsonDocument.OrderBy(static member => member.Name, StringComparer.Ordinal).Select(static member => $"{member.Name}={StoredText.Of(member.Value)}"));
}
