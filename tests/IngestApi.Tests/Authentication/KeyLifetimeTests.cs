using CustomEvents.IngestApi.Authentication;
using CustomEvents.Pipeline;
using CustomEvents.Tests.IngestApi.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.IngestApi.Authentication;

public sealed class KeyLifetimeTests
{
    private RunningApi _api = null!;

    [SetUp]
    public async Task StartApi() => _api = await RunningApi.StartAsync();

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [Test]
    public async Task A_key_in_use_is_not_looked_up_for_each_request()
    {
        for (var i = 0; i < 20; i++)
            Assert.That(await StatusAsync(), Is.EqualTo(202));
        Assert.That(_api.Tenants.KeyLookups, Is.EqualTo(1));
    }

    [Test]
    public async Task Requests_that_want_to_know_the_same_share_one_look_up()
    {
        var gate = new TaskCompletionSource();
        _api.Tenants.Gate = gate.Task;
        var answers = Enumerable.Range(0, 8).Select(_ => StatusAsync()).ToArray();
        await Eventually.BecomesAsync(() => _api.Tenants.KeyLookups, Is.GreaterThan(0));
        _api.Tenants.Gate = null;
        gate.SetResult();
        Assert.That(await Task.WhenAll(answers), Is.All.EqualTo(202));
        Assert.That(_api.Tenants.KeyLookups, Is.EqualTo(1));
    }

    [Test]
    public async Task Keys_in_use_are_read_again_by_one_query_for_all_that_are_due()
    {
        var keys = Enumerable.Range(0, 50).Select(i => $"busy-{i}").ToArray();
        var authenticator = _api.Services.GetRequiredService<KeyAuthenticator>();
        foreach (var key in keys)
        {
            _api.Tenants.AddKey(key, RunningApi.StoreId);
            Assert.That((await authenticator.CheckAsync(key)).Standing, Is.EqualTo(KeyStanding.Live));
        }

        _api.Time.Advance(TimeSpan.FromSeconds(1.5));
        var gate = new TaskCompletionSource();
        _api.Tenants.Gate = gate.Task;
        Assert.That(await StandingsAsync(keys), Is.All.EqualTo(KeyStanding.Live), "nothing waits");
        foreach (var key in keys)
            _api.Tenants.Revoke(key);
        _api.Tenants.Gate = null;
        gate.SetResult();
        await Eventually.BecomesAsync(() => StandingsAsync(keys), Is.All.EqualTo(KeyStanding.Refused));
        Assert.That(_api.Tenants.KeyLookups, Is.EqualTo(keys.Length + 1));

        async Task<List<KeyStanding>> StandingsAsync(string[] some)
        {
            var standings = new List<KeyStanding>();
            foreach (var key in some)
                standings.Add((await authenticator.CheckAsync(key)).Standing);
            return standings;
        }
    }

    [Test]
    public async Task A_key_that_was_used_a_moment_ago_is_kept_fresh_and_one_that_was_not_is_left_alone()
    {
        var authenticator = _api.Services.GetRequiredService<KeyAuthenticator>();
        async Task StepAsync(int seconds)
        {
            for (var i = 0; i < 10 * seconds; i++)
            {
                _api.Time.Advance(TimeSpan.FromSeconds(0.1));
                await Task.Delay(1);
            }
        }

        Assert.That(await StatusAsync(), Is.EqualTo(202));
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        for (var round = 0; round < 3; round++)
        {
            var before = _api.Tenants.KeyLookups;
            await Eventually.BecomesAsync(
                () =>
                {
                    _api.Time.Advance(TimeSpan.FromSeconds(0.1));
                    return _api.Tenants.KeyLookups;
                },
                Is.GreaterThan(before));
        }

        _api.Tenants.Gate = new TaskCompletionSource().Task;
        Assert.That((await authenticator.CheckAsync(RunningApi.Key).AsTask().WaitAsync(TimeSpan.FromSeconds(10))).Standing, Is.EqualTo(KeyStanding.Live), "nothing waits");
        _api.Tenants.Gate = null;
        await StepAsync(20);
        var lookups = _api.Tenants.KeyLookups;
        await StepAsync(20);
        Assert.That(_api.Tenants.KeyLookups, Is.EqualTo(lookups));
    }

    [TestCase(true, Description = "used all the time")]
    [TestCase(false, Description = "used again only then")]
    public async Task A_revoked_key_stops_within_5_seconds(bool busy)
    {
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        _api.Tenants.Revoke(RunningApi.Key);
        for (var i = 0; i < 49; i++)
        {
            _api.Time.Advance(TimeSpan.FromSeconds(0.1));
            if (busy)
                await StatusAsync();
        }

        Assert.That(await StatusAsync(), Is.EqualTo(401));
    }

    [Test]
    public async Task A_new_key_works_within_5_seconds_though_it_was_tried_before()
    {
        for (var i = 0; i < 10; i++)
            Assert.That(await StatusAsync("new"), Is.EqualTo(401));
        Assert.That(_api.Tenants.KeyLookups, Is.EqualTo(1), "a wrong key that is repeated is not looked up each time");
        _api.Tenants.AddKey("new", RunningApi.StoreId);
        _api.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.That(await StatusAsync("new"), Is.EqualTo(202));
    }

    [Test]
    public async Task An_expired_key_stops_at_its_time()
    {
        _api.Tenants.AddKey("short", RunningApi.StoreId, expiresAt: RunningApi.Start.UtcDateTime.AddSeconds(1));
        Assert.That(await StatusAsync("short"), Is.EqualTo(202));
        _api.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(await StatusAsync("short"), Is.EqualTo(202));
        _api.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await StatusAsync("short"), Is.EqualTo(401));
    }

    [Test]
    public async Task While_the_store_of_keys_is_away_known_keys_go_on_for_10_minutes_and_others_get_503()
    {
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        _api.Tenants.Failure = new InfrastructureException("away");
        _api.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        Assert.That(await StatusAsync(RunningApi.OtherStoresKey), Is.EqualTo(503));
        _api.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(10));
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        _api.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await StatusAsync(), Is.EqualTo(503));
    }

    [Test]
    public async Task While_the_store_of_keys_hangs_requests_wait_for_it_3_seconds_and_no_longer()
    {
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        _api.Tenants.Gate = new TaskCompletionSource().Task;
        _api.Time.Advance(TimeSpan.FromSeconds(2));
        var lookups = _api.Tenants.KeyLookups;
        var known = StatusAsync();
        var unknown = StatusAsync(RunningApi.OtherStoresKey);
        await Eventually.BecomesAsync(() => _api.Tenants.KeyLookups, Is.AtLeast(lookups + 2), "both are looked up");
        Assert.That((known.IsCompleted, unknown.IsCompleted), Is.EqualTo((false, false)));
        // The time limit may be set a moment after the store was asked.
        await Eventually.BecomesAsync(() => StepAsync(TimeSpan.FromSeconds(1)), Is.True);
        Assert.That((await known, await unknown), Is.EqualTo((202, 503)));
        Assert.That(await StatusAsync(), Is.EqualTo(202), "at once: it is known to be away");

        Task<bool> StepAsync(TimeSpan step)
        {
            _api.Time.Advance(step);
            return Task.FromResult(known.IsCompleted && unknown.IsCompleted);
        }
    }

    [Test]
    public async Task An_expired_key_stops_at_its_time_also_while_the_store_of_keys_is_away()
    {
        _api.Tenants.AddKey("short", RunningApi.StoreId, expiresAt: RunningApi.Start.UtcDateTime.AddSeconds(30));
        Assert.That(await StatusAsync("short"), Is.EqualTo(202));
        _api.Tenants.Failure = new InfrastructureException("away");
        _api.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.That(await StatusAsync("short"), Is.EqualTo(202));
        _api.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await StatusAsync("short"), Is.EqualTo(401));
    }

    /// <summary>From as many addresses as there are keys: nothing but these bounds stands in the way.</summary>
    [Test]
    public async Task A_flood_of_random_keys_fills_a_bounded_memory_and_forgets_no_key_in_use()
    {
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        var keys = _api.Services.GetRequiredService<KeyAuthenticator>();
        for (var i = 0; i < 40_000; i++)
            Assert.That((await keys.CheckAsync($"random-{i}")).Standing, Is.EqualTo(KeyStanding.Refused));
        Assert.That(keys.Remembered, Is.InRange(8_192, 1 + (2 * 8_192)));
        var lookups = _api.Tenants.KeyLookups;
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        Assert.That(_api.Tenants.KeyLookups, Is.EqualTo(lookups), "the key in use was not forgotten");
        _api.Time.Advance(TimeSpan.FromSeconds(4));
        await keys.CheckAsync("random-again");
        Assert.That(keys.Remembered, Is.LessThanOrEqualTo(2), "what was refused is forgotten");
    }

    [Test]
    public async Task When_the_store_of_keys_is_back_a_key_revoked_meanwhile_stops()
    {
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        _api.Tenants.Failure = new InfrastructureException("away");
        _api.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        _api.Tenants.Revoke(RunningApi.Key);
        _api.Tenants.Failure = null;
        var lookups = _api.Tenants.KeyLookups;
        _api.Time.Advance(TimeSpan.FromSeconds(1.5));
        await Eventually.BecomesAsync(() => _api.Tenants.KeyLookups, Is.GreaterThan(lookups), "asked again by itself");
        await Eventually.BecomesAsync(() => StatusAsync(), Is.EqualTo(401));
    }

    [Test]
    public async Task A_failure_that_nobody_foresaw_does_not_end_the_asking_whether_the_store_of_keys_is_back()
    {
        Assert.That(await StatusAsync(), Is.EqualTo(202));
        _api.Tenants.Failure = new InfrastructureException("away");
        _api.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(await StatusAsync(RunningApi.OtherStoresKey), Is.EqualTo(503));
        _api.Tenants.Failure = new InvalidOperationException("a fault of ours");
        var lookups = _api.Tenants.KeyLookups;
        await Eventually.BecomesAsync(() => NextSecondAsync(), Is.GreaterThan(lookups), "asked again by itself");
        _api.Tenants.Failure = null;
        await Eventually.BecomesAsync(async () => await NextSecondAsync() > 0 ? await StatusAsync(RunningApi.OtherStoresKey) : 0, Is.EqualTo(404), "the key is known, and not this store's");

        Task<int> NextSecondAsync()
        {
            _api.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(_api.Tenants.KeyLookups);
        }
    }

    [Test]
    public async Task A_flood_of_wrong_keys_from_one_address_is_refused_before_authentication()
    {
        for (var i = 0; i < 301; i++)
            Assert.That(await StatusAsync("wrong-" + (i % 5)), Is.EqualTo(401), $"failure {i + 1}");
        var refused = await _api.SendAsync(RawRequest.Single());
        Assert.That((refused.Status, refused["RateLimit"]), Is.EqualTo((429, (string?)null)));
        Assert.That(int.Parse(refused["Retry-After"]!, System.Globalization.CultureInfo.InvariantCulture), Is.InRange(1, 60));
        Assert.That(await StatusAsync(target: "/nowhere"), Is.EqualTo(404), "the path comes first");
        _api.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(await StatusAsync(), Is.EqualTo(202));
    }

    private async Task<int> StatusAsync(string key = RunningApi.Key, string? target = null)
    {
        var request = RawRequest.Single().WithKey(key);
        return (await _api.SendAsync(target is null ? request : request.To(target))).Status;
    }
}
