using CustomEvents.Pipeline;
using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Authentication;

public sealed class AuthenticationTests : ApiFixture
{
    [TestCase("Authorization: Bearer " + RunningApi.Key)]
    [TestCase("Authorization: bearer " + RunningApi.Key)]
    [TestCase("authorization: BEARER   " + RunningApi.Key + "  ")]
    public async Task A_live_key_is_let_in(string header) => await SendAsync(RawRequest.Single().Without("Authorization").With(header), 202);

    [TestCase("X-Nothing: 1")]
    [TestCase("Authorization: " + RunningApi.Key)]
    [TestCase("Authorization: Basic " + RunningApi.Key)]
    public async Task Who_sends_a_key_in_another_way_is_told_how_it_is_sent(string header)
    {
        var answer = await SendAsync(RawRequest.Single().Without("Authorization").With(header), 401);
        Assert.That(answer.Text, Does.Contain("Authorization: Bearer"));
    }

    [TestCase("X-Nothing: 1")]
    [TestCase("Authorization:")]
    [TestCase("Authorization: Bearer")]
    [TestCase("Authorization: Bearer ")]
    [TestCase("Authorization: Bearer" + RunningApi.Key)]
    [TestCase("Authorization: " + RunningApi.Key)]
    [TestCase("Authorization: Basic " + RunningApi.Key)]
    [TestCase("Authorization: Klaviyo-API-Key " + RunningApi.Key)]
    [TestCase("Authorization: Bearer " + RunningApi.Key + "x")]
    [TestCase("Authorization: Bearer CE_LIVE_KEY")]
    [TestCase("Authorization: Bearer " + RunningApi.Key + " " + RunningApi.Key)]
    [TestCase("Authorization: Bearer " + RunningApi.Key + ",")]
    [TestCase("Authorization: Bearer \u00e4")]
    [TestCase("Authorization: Bearer " + RunningApi.ExpiredKey)]
    [TestCase("Authorization: Bearer " + RunningApi.RevokedKey)]
    [TestCase("X-Api-Key: " + RunningApi.Key)]
    public async Task Without_a_live_key_nobody_is_let_in(string header)
    {
        var answer = await SendAsync(RawRequest.Single().Without("Authorization").With(header), 401);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer["WWW-Authenticate"], Is.EqualTo("Bearer"));
            Assert.That(answer["RateLimit"], Is.Null);
            Assert.That(answer.Text, Does.Not.Contain(RunningApi.Key));
        }
    }

    [Test]
    public async Task Two_keys_or_an_endless_one_are_none()
    {
        await SendAsync(RawRequest.Single().With($"Authorization: Bearer {RunningApi.Key}"), 401);
        await SendAsync(RawRequest.Single().WithKey(new string('k', 8_000)), 401);
    }

    [TestCase(RunningApi.ReadOnlyKey, RunningApi.StoreId, 403, Description = "without the scope")]
    [TestCase(RunningApi.ReadOnlyKey, "unknown", 403, Description = "the scope comes before the store")]
    [TestCase(RunningApi.Key, RunningApi.OtherStoreId, 404, Description = "another store")]
    [TestCase(RunningApi.Key, "unknown", 404, Description = "a store that is not there")]
    [TestCase(RunningApi.HomelessKey, RunningApi.HomelessStoreId, 404, Description = "the key's own store is not there")]
    public async Task A_key_works_for_its_scope_and_store_alone(string key, string store, int status)
    {
        foreach (var path in (string[])["events", "events/bulk"])
            await SendAsync(RawRequest.Single().To($"/stores/{store}/{path}").WithKey(key), status);
    }

    [Test]
    public async Task Another_store_and_one_that_is_not_there_get_the_same_answer()
    {
        var other = await SendAsync(RawRequest.Single().To($"/stores/{RunningApi.OtherStoreId}/events"), 404);
        var none = await SendAsync(RawRequest.Single().To("/stores/unknown/events"), 404);
        Assert.That(other.Text.Replace(RunningApi.OtherStoreId, "unknown", StringComparison.Ordinal), Is.EqualTo(none.Text));
    }

    [Test]
    public async Task A_store_counts_as_unknown_only_as_long_as_it_is()
    {
        Api.Tenants.AddKey("early", "late-store");
        var request = RawRequest.Single().To("/stores/late-store/events").WithKey("early");
        await SendAsync(request, 404);
        Api.Tenants.AddStore("late-store");
        await SendAsync(request, 202);
    }

    [Test]
    public async Task A_known_store_whose_look_up_fails_is_not_called_unknown()
    {
        await using var api = await RunningApi.StartAsync();
        api.Tenants.AddKey("k", "s");
        await api.SendAsync(RawRequest.Single().To("/stores/s/events").WithKey("k"));
        api.Tenants.Failure = new InfrastructureException("away");
        var answer = await api.SendAsync(RawRequest.Single().To("/stores/s/events").WithKey("k"));
        Assert.That((answer.Status, answer["Retry-After"]), Is.EqualTo((503, "2")));
    }
}
