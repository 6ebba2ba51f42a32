using CsCheck;
using CustomEvents.IngestApi;
using CustomEvents.IngestApi.RateLimiting;
using CustomEvents.IngestApi.Requests;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.IngestApi.RateLimiting;

public sealed class TokenBucketRateLimiterTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task A_burst_of_100_is_allowed_and_no_more()
    {
        var limiter = Limiter();
        for (var i = 99; i >= 0; i--)
            Assert.That(await TakeAsync(limiter), Is.EqualTo(new RateDecision(true, i, 1, 0)));
        Assert.That(await TakeAsync(limiter), Is.EqualTo(new RateDecision(false, 0, 1, 1)));
    }

    [Test]
    public async Task A_steady_100_a_second_is_never_refused()
    {
        var limiter = Limiter(burst: 1);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.That((await TakeAsync(limiter)).Allowed, Is.True, $"request {i}");
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Test]
    public async Task A_moment_too_early_is_refused_and_costs_nothing()
    {
        var limiter = Limiter(burst: 1);
        await TakeAsync(limiter);
        _time.Advance(TimeSpan.FromMilliseconds(10) - TimeSpan.FromTicks(1));
        Assert.That((await TakeAsync(limiter)).Allowed, Is.False);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That((await TakeAsync(limiter)).Allowed, Is.True);
    }

    [Test]
    public async Task Seconds_are_rounded_up()
    {
        var limiter = Limiter(rate: 2, burst: 5);
        var taken = new List<RateDecision>();
        for (var i = 0; i < 6; i++)
            taken.Add(await TakeAsync(limiter));
        Assert.That(taken, Is.EqualTo((RateDecision[])
        [
            new(true, 4, 1, 0), new(true, 3, 1, 0), new(true, 2, 2, 0), new(true, 1, 2, 0), new(true, 0, 3, 0), new(false, 0, 3, 1),
        ]));
    }

    [Test]
    public async Task Stores_and_endpoints_have_buckets_of_their_own()
    {
        var limiter = Limiter(burst: 1);
        Assert.That((await limiter.TakeAsync("a", IngestEndpoint.Single)).Allowed, Is.True);
        Assert.That((await limiter.TakeAsync("a", IngestEndpoint.Bulk)).Allowed, Is.True);
        Assert.That((await limiter.TakeAsync("b", IngestEndpoint.Single)).Allowed, Is.True);
        Assert.That((await limiter.TakeAsync("a", IngestEndpoint.Single)).Allowed, Is.False);
    }

    [Test]
    public async Task Buckets_of_idle_stores_are_forgotten_and_those_in_use_are_not()
    {
        var limiter = Limiter(rate: 1, burst: 10);
        for (var i = 0; i < 10; i++)
            await limiter.TakeAsync("busy", IngestEndpoint.Single);
        for (var i = 0; i < 5_000; i++)
        {
            await limiter.TakeAsync("store-" + i, IngestEndpoint.Single);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.That(limiter.Count, Is.LessThan(3_000));
        Assert.That((await limiter.TakeAsync("busy", IngestEndpoint.Single)).Left, Is.EqualTo(4), "5 s of 1 a second, less this one");
    }

    /// <summary>Law: in any stretch of time no more requests pass than the burst and what is refilled, and none is refused that would fit.</summary>
    [Test]
    public void It_allows_what_an_exact_bucket_allows() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 50], Gen.Int[0, 300_000].Array[1, 200]).Sample((rate, burst, pauses) =>
        {
            var time = new FakeTimeProvider();
            var limiter = Limiter(rate, burst, time);
            var second = (System.Numerics.BigInteger)time.TimestampFrequency;
            var level = burst * second;
            foreach (var pause in pauses)
            {
                time.Advance(TimeSpan.FromTicks(pause));
                level = System.Numerics.BigInteger.Min(burst * second, level + ((System.Numerics.BigInteger)pause * rate));
                var fits = level >= second;
                if (fits)
                    level -= second;
                var decision = limiter.TakeAsync("s", IngestEndpoint.Single).AsTask().GetAwaiter().GetResult();
                if (decision.Allowed != fits || decision.Left != (int)(level / second))
                    return false;
            }

            return true;
        });

    private static ValueTask<RateDecision> TakeAsync(TokenBucketRateLimiter limiter) => limiter.TakeAsync("s", IngestEndpoint.Single);

    private static TokenBucketRateLimiter Limiter(int rate, int burst, FakeTimeProvider time) =>
        new(Options.Create(new RateLimitOptions { RequestsPerSecond = rate, Burst = burst }), time);

    private TokenBucketRateLimiter Limiter(int rate = 100, int burst = 100) => Limiter(rate, burst, _time);
}
