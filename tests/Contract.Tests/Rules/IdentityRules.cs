using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>Who an event's customer is: contract section 6, "Identity".</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class IdentityRules(DeploymentSource source) : RuleFixture(source)
{
    private string _id = "";
    private string _email = "";
    private string _phone = "";

    [SetUp]
    public void NewPerson()
    {
        _id = TestStore.NewCustomerId();
        _email = TestStore.NewEmail();
        _phone = TestStore.NewPhone();
    }

    [Test]
    public async Task A_customer_that_is_not_known_is_made_with_the_id_that_was_given_and_is_found_by_each_identifier()
    {
        var stored = await Store.StoreAllAsync(
            Event($"\"id\":\"{_id.ToUpperInvariant()}\",\"email\":\"{_email}\",\"phoneNumber\":\"{_phone}\""),
            Event($"\"id\":\"{_id}\""), Event($"\"email\":\" {_email.ToUpperInvariant()}\\u2003\""), Event($"\"phoneNumber\":\"{_phone}\""));
        Assert.That(stored.Select(Customer), Is.All.EqualTo(_id));
        foreach (var (by, value) in new[] { ("id", _id), ("email", _email), ("phone", _phone) })
        {
            var customer = await Store.CustomerAsync(by, value);
            Assert.Multiple(() =>
            {
                Assert.That(customer.Member("customerId"), Is.EqualTo($"ObjectId({_id})"));
                Assert.That(customer.Member("email"), Is.EqualTo($"\"{_email}\""));
                Assert.That(customer.Member("phoneNumber"), Is.EqualTo($"\"{_phone}\""));
                Assert.That(customer.Member("storeId"), Is.EqualTo($"\"{Store.Id}\""));
            });
        }
    }

    [Test]
    public async Task The_first_of_id_then_email_then_phone_number_that_finds_somebody_decides()
    {
        var (byEmail, byPhone) = (TestStore.NewCustomerId(), TestStore.NewCustomerId());
        var stored = await Store.StoreAllAsync(
            Event($"\"id\":\"{_id}\""),
            Event($"\"id\":\"{byEmail}\",\"email\":\"{_email}\""),
            Event($"\"id\":\"{byPhone}\",\"phoneNumber\":\"{_phone}\""),
            Event($"\"id\":\"{_id}\",\"email\":\"{_email}\",\"phoneNumber\":\"{_phone}\""),
            Event($"\"email\":\"{_email}\",\"phoneNumber\":\"{_phone}\""),
            Event($"\"id\":\"{TestStore.NewCustomerId()}\",\"email\":\"{_email}\",\"phoneNumber\":\"{_phone}\""),
            Event($"\"id\":\"{TestStore.NewCustomerId()}\",\"phoneNumber\":\"{_phone}\""),
            Event($"\"email\":\"{TestStore.NewEmail()}\",\"phoneNumber\":\"{_phone}\""));
        Assert.That(stored.Select(Customer), Is.EqualTo(new[] { _id, byEmail, byPhone, _id, byEmail, byEmail, byPhone, byPhone }));
    }

    [Test]
    public async Task An_identifier_beside_the_one_that_decided_is_put_on_a_profile_that_has_none()
    {
        var stored = await Store.StoreAllAsync(
            Event($"\"id\":\"{_id}\""), Event($"\"id\":\"{_id}\",\"email\":\"{_email}\""), Event($"\"email\":\"{_email}\",\"phoneNumber\":\"{_phone}\""),
            Event($"\"phoneNumber\":\"{_phone}\""));
        Assert.That(stored.Select(Customer), Is.All.EqualTo(_id));
    }

    [Test]
    public async Task An_identifier_is_left_out_where_the_profile_has_one_or_another_customer_has_it()
    {
        var other = TestStore.NewCustomerId();
        await Store.StoreAllAsync(
            Event($"\"id\":\"{_id}\",\"email\":\"{_email}\""),
            Event($"\"id\":\"{other}\",\"phoneNumber\":\"{_phone}\""),
            // the profile has an address; the number is another customer's
            Event($"\"id\":\"{_id}\",\"email\":\"{TestStore.NewEmail()}\",\"phoneNumber\":\"{_phone}\""));
        var first = await Store.CustomerAsync("id", _id);
        var second = await Store.CustomerAsync("phone", _phone);
        Assert.Multiple(() =>
        {
            Assert.That(first.Member("email"), Is.EqualTo($"\"{_email}\""));
            Assert.That(first.Member("phoneNumber"), Is.EqualTo("absent"));
            Assert.That(second.Member("customerId"), Is.EqualTo($"ObjectId({other})"));
        });
    }

    [Test]
    public async Task An_id_beside_an_identifier_that_decided_is_not_kept()
    {
        var known = await Store.StoreAsync(Event($"\"email\":\"{_email}\""));
        var stored = await Store.StoreAllAsync(Event($"\"id\":\"{_id}\",\"email\":\"{_email}\""), Event($"\"id\":\"{_id}\""));
        Assert.Multiple(() =>
        {
            Assert.That(Customer(stored[0]), Is.EqualTo(Customer(known)));
            Assert.That(Customer(stored[1]), Is.EqualTo(_id), "the id was free: it makes a customer");
        });
    }

    [Test]
    public async Task Events_that_arrive_together_for_somebody_unknown_make_one_customer()
    {
        var sent = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Store.SendAsync(Event(i % 2 == 0 ? $"\"email\":\"{_email}\"" : $"\"email\":\"{_email}\",\"phoneNumber\":\"{_phone}\""))));
        await Store.SettleAsync();
        var customer = await Store.CustomerAsync("email", _email);
        Assert.That(await Store.CountEventsAsync(customer["customerId"]), Is.EqualTo(sent.Length));
    }

    [Test]
    public async Task A_customer_is_its_store_s_own()
    {
        var other = await Pipeline.GetOtherStoreAsync();
        var here = await Store.StoreAsync(Event($"\"id\":\"{_id}\",\"email\":\"{_email}\",\"firstName\":\"Here\""));
        var there = await other.StoreAllAsync(Event($"\"email\":\"{_email}\""), Event($"\"id\":\"{_id}\",\"firstName\":\"There\""));
        Assert.Multiple(async () =>
        {
            Assert.That(Customer(there[0]), Is.Not.EqualTo(Customer(here)));
            Assert.That(Customer(there[1]), Is.EqualTo(_id));
            Assert.That((await Store.CustomerAsync("id", _id)).Member("firstName"), Is.EqualTo("\"Here\""));
            Assert.That((await other.CustomerAsync("id", _id)).Member("firstName"), Is.EqualTo("\"There\""));
        });
    }

    private static string Event(string customer) => "{\"eventName\":\"Seen\",\"customer\":{" + customer + "}}";

    private static string Customer(BsonDocument stored) => stored["customerId"].AsObjectId.ToString();
}
