using System.Net;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>Once and only once: contract section 6, "Idempotency", and section 2, "Safe retries of a request".</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class IdempotencyRules(DeploymentSource source) : RuleFixture(source)
{
    private string _email = "";
    private string _uniqueId = "";

    [SetUp]
    public void NewPerson() => (_email, _uniqueId) = (TestStore.NewEmail(), TestStore.Unique("order"));

    [Test]
    public async Task Only_the_first_event_with_a_uniqueId_is_stored_whatever_the_later_ones_contain()
    {
        var inOne = await Store.SendBulkAsync([Event(_email, _uniqueId, "1"), Event(_email, _uniqueId, "2"), Event(_email, _uniqueId, "1")]);
        var later = await Store.SendAsync(Event(_email, _uniqueId, "3"));
        await Store.SettleAsync();
        var customer = await Store.CustomerAsync("email", _email);
        Assert.Multiple(async () =>
        {
            Assert.That((await Store.StoredAsync(inOne[0].EventId!.Value))["data"].AsBsonDocument.Member("N"), Is.EqualTo("Long(1)"));
            Assert.That(await FindAsync(inOne[1].EventId!.Value), Is.Null);
            Assert.That(await FindAsync(inOne[2].EventId!.Value), Is.Null);
            Assert.That(await FindAsync(later), Is.Null);
            Assert.That(await Store.CountEventsAsync(customer["customerId"]), Is.EqualTo(1));
        });
        var trace = await Pipeline.AskAsync("trace", "--store", Store.Id, "--event-id", later.ToString());
        Assert.Multiple(() =>
        {
            Assert.That(trace.GetProperty("status").GetString(), Is.EqualTo("duplicate"));
            Assert.That(trace.GetProperty("duplicateOf").GetGuid(), Is.EqualTo(inOne[0].EventId));
        });
    }

    [Test]
    public async Task A_duplicate_makes_no_customer_links_no_identifier_and_patches_no_profile()
    {
        var (stranger, phone) = (TestStore.NewEmail(), TestStore.NewPhone());
        await Store.StoreAsync(Event(_email, _uniqueId, "1"));
        var before = await Store.CustomerAsync("email", _email);
        await Store.SendBulkAsync([Event(stranger, _uniqueId, "2"), Event(_email, _uniqueId, "3", $",\"phoneNumber\":\"{phone}\",\"firstName\":\"Changed\"")]);
        await Store.SettleAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(await Store.FindCustomerAsync("email", stranger), Is.Null);
            Assert.That(await Store.FindCustomerAsync("phone", phone), Is.Null);
            Assert.That(Own(await Store.CustomerAsync("email", _email)), Is.EqualTo(Own(before)));
        });
    }

    [Test]
    public async Task A_uniqueId_is_compared_to_the_letter_and_is_its_store_s_own()
    {
        var other = await Pipeline.GetOtherStoreAsync();
        string[] ids = [_uniqueId, _uniqueId.ToUpperInvariant(), _uniqueId + " ", " " + _uniqueId, "\u00e9" + _uniqueId, "e\u0301" + _uniqueId];
        var stored = await Store.StoreAllAsync([.. ids.Select(id => Event(_email, id, "1"))]);
        Assert.That(stored.Select(static one => one["uniqueId"].AsString), Is.EqualTo(ids));
        Assert.That((await other.StoreAsync(Event(_email, _uniqueId, "1")))["uniqueId"].AsString, Is.EqualTo(_uniqueId));
    }

    [Test]
    public async Task Events_without_a_uniqueId_are_stored_once_for_each_request()
    {
        await Store.StoreAllAsync(Event(_email, null, "1"), Event(_email, null, "1"));
        await Store.StoreAsync(Event(_email, null, "1"));
        Assert.That(await Store.CountEventsAsync((await Store.CustomerAsync("email", _email))["customerId"]), Is.EqualTo(3));
    }

    [Test]
    public async Task A_request_that_is_sent_again_with_its_key_is_the_same_request()
    {
        (string, string) key = ("Idempotency-Key", TestStore.Unique("request"));
        string[] events = [Event(_email, null, "1"), Event(_email, null, "1"), Event(_email, null, "2")];
        var first = await Store.SendBulkAsync(events, key);
        var second = await Store.SendBulkAsync(events, key);
        var single = await Store.SendAsync(events[0], key);
        var again = await Store.SendAsync(events[0], key);
        await Store.SettleAsync();
        var count = await Store.CountEventsAsync((await Store.CustomerAsync("email", _email))["customerId"]);
        Assert.Multiple(() =>
        {
            Assert.That(second.Select(static one => one.EventId), Is.EqualTo(first.Select(static one => one.EventId)));
            Assert.That(first.Select(static one => one.EventId).Distinct().Count(), Is.EqualTo(3), "equal bytes twice in a request are two events");
            Assert.That(again, Is.EqualTo(single));
            Assert.That(first.Select(static one => one.EventId), Has.None.EqualTo(single), "the other endpoint is another request");
            Assert.That(count, Is.EqualTo(4));
        });
    }

    [Test]
    public async Task The_same_key_with_other_events_is_other_events()
    {
        (string, string) key = ("Idempotency-Key", TestStore.Unique("request"));
        var one = await Store.SendAsync(Event(_email, null, "1"), key);
        var two = await Store.SendAsync(Event(_email, null, "2"), key);
        await Store.StoredAsync(one);
        await Store.StoredAsync(two);
        Assert.That(two, Is.Not.EqualTo(one));
    }

    [TestCase("")]
    [TestCase("with blank")]
    [TestCase(256)]
    public async Task An_Idempotency_Key_of_another_form_is_refused(object form)
    {
        var key = form as string ?? new string('k', (int)form);
        var answer = await Store.PostAsync(Event(_email, null, "1"), false, ("Idempotency-Key", key));
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest), answer.Body);
        Assert.That(answer.Errors, Is.EqualTo(new[] { "invalid_format" }));
    }

    private Task<BsonDocument?> FindAsync(Guid eventId) => Pipeline.FindEventAsync(Store.Id, eventId);

    private static string Own(BsonDocument customer) => StoredText.Of(new BsonDocument(customer.Where(static member => !member.Name.StartsWith('_'))));

    private static string Event(string email, string? uniqueId, string number, string customer = "") =>
        $"{{\"eventName\":\"Ordered\",\"customer\":{{\"email\":\"{email}\"{customer}}},\"data\":{{\"N\":{number}}}{(uniqueId is null ? "" : $",\"uniqueId\":\"{uniqueId}\"")}}}";
}
