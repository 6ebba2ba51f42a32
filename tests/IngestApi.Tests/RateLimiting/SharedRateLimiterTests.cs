using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using CustomEvents.IngestApi;
using CustomEvents.IngestApi.RateLimiting;
using CustomEvents.IngestApi.Requests;
using CustomEvents.Tests.IngestApi.Support;
using CustomEvents.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CustomEvents.Tests.IngestApi.RateLimiting;

/// <summary>The limit of several instances in a real Redis, which hangs, ends and comes back behind a proxy.</summary>
public sealed class SharedRateLimiterTests
{
    private CollectedLogs _logs = null!;
    private readonly string _store = "rate-" + Guid.NewGuid().ToString("N");
    private readonly List<Instance> _instances = [];
    private ConnectionMultiplexer _redis = null!;
    private ServerProxy _proxy = null!;

    [SetUp]
    public async Task Connect()
    {
        _logs = new CollectedLogs();
        var options = RedisConfiguration.TryParse(TestServers.Redis)!;
        _redis = await ConnectionMultiplexer.ConnectAsync(options);
        var (host, port) = options.EndPoints[0] switch
        {
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            var dns => (((DnsEndPoint)dns).Host, ((DnsEndPoint)dns).Port),
        };
        _proxy = new ServerProxy(host, port == 0 ? 6379 : port);
    }

    [TearDown]
    public async Task Disconnect()
    {
        foreach (var instance in _instances)
            await instance.DisposeAsync();
        _instances.Clear();
        if (_redis is null)
            return;
        _logs.Dispose();
        await _redis.GetDatabase().KeyDeleteAsync([Key("events"), Key("bulk")]);
        await _redis.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Test]
    public async Task Two_instances_keep_one_limit()
    {
        var instances = new[] { await StartAsync(rate: 1, burst: 20), await StartAsync(rate: 1, burst: 20) };
        var since = Stopwatch.GetTimestamp();
        var allowed = 0;
        for (var i = 0; i < 60; i++)
            allowed += (await instances[i % 2].TakeAsync(_store)).Allowed ? 1 : 0;
        var refilled = (int)Math.Ceiling(Stopwatch.GetElapsedTime(since).TotalSeconds);
        Assert.That(allowed, Is.InRange(20, 20 + refilled));
        Assert.That((await instances[0].TakeAsync(_store, IngestEndpoint.Bulk)).Left, Is.EqualTo(19), "the other endpoint has its own");
        Assert.That((await instances[1].TakeAsync("other-" + _store)).Left, Is.EqualTo(19), "another store has its own");
    }

    [Test]
    public async Task Requests_at_the_same_moment_take_a_token_each()
    {
        var instances = new[] { await StartAsync(rate: 1, burst: 40), await StartAsync(rate: 1, burst: 40) };
        var since = Stopwatch.GetTimestamp();
        var decisions = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => instances[i % 2].TakeAsync(_store).AsTask())));
        var refilled = (int)Math.Ceiling(Stopwatch.GetElapsedTime(since).TotalSeconds);
        Assert.That(decisions.Count(one => one.Allowed), Is.InRange(40, 40 + refilled));
        Assert.That(decisions.Where(one => !one.Allowed).Select(one => (one.Left, one.RetryAfterSeconds)), Is.All.EqualTo((0, 1)));
    }

    [Test]
    public async Task A_steady_rate_at_the_limit_is_never_refused()
    {
        var instances = new[] { await StartAsync(rate: 100, burst: 1), await StartAsync(rate: 100, burst: 1) };
        var server = _redis.GetServers()[0];
        var next = await server.TimeAsync();
        for (var i = 0; i < 60; i++)
        {
            // By the server's own clock, since it is that clock's rate.
            while (await server.TimeAsync() < next)
            {
            }

            Assert.That((await instances[i % 2].TakeAsync(_store)).Allowed, Is.True, $"request {i}");
            next = (await server.TimeAsync()).AddMilliseconds(10);
        }
    }

    [TestCase("0 NOW-10", 9, Description = "ten seconds filled ten tokens")]
    [TestCase("1500000 NOW-2", 2, Description = "parts of tokens count")]
    [TestCase("0 NOW-100000000", 99, Description = "no more than the burst")]
    [TestCase("7 of another program", 99)]
    public async Task A_bucket_fills_by_the_time_of_the_server(string kept, int left)
    {
        var instance = await StartAsync(rate: 1, burst: 100);
        await KeepAsync(kept);
        Assert.That((await instance.TakeAsync(_store)).Left, Is.EqualTo(left).Or.EqualTo(Math.Min(99, left + 1)));
    }

    [Test]
    public async Task A_clock_that_was_set_back_does_not_stop_the_bucket_from_filling()
    {
        var instance = await StartAsync(rate: 1, burst: 100);
        await KeepAsync("0 NOW+3600");
        Assert.That((await instance.TakeAsync(_store)).Allowed, Is.False);
        var at = long.Parse(((string)(await _redis.GetDatabase().StringGetAsync(Key("events")))!).Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.That(at, Is.LessThanOrEqualTo(await NowAsync()));
    }

    [Test]
    public async Task A_key_ends_when_its_bucket_is_full()
    {
        var instance = await StartAsync(rate: 2, burst: 100);
        for (var i = 0; i < 10; i++)
            await instance.TakeAsync(_store);
        var left = await _redis.GetDatabase().KeyTimeToLiveAsync(Key("events"));
        Assert.That(left, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(TimeSpan.FromSeconds(6)), "ten tokens at two a second, and one second");
    }

    [Test]
    public async Task While_Redis_hangs_the_instance_decides_and_when_it_is_back_they_decide_together_again()
    {
        var instance = await StartAsync(rate: 1, burst: 50);
        Assert.That((await instance.TakeAsync(_store)).Left, Is.EqualTo(49));
        _proxy.Hang();
        await AssertOwnAsync(instance);
        _proxy.Mend();
        await AssertSharedAgainAsync(instance);
    }

    [Test]
    public async Task When_Redis_ends_the_instance_decides_and_when_it_is_back_they_decide_together_again()
    {
        var instance = await StartAsync(rate: 1, burst: 50);
        Assert.That((await instance.TakeAsync(_store)).Left, Is.EqualTo(49));
        _proxy.Kill();
        await AssertOwnAsync(instance);
        _proxy.Mend();
        await AssertSharedAgainAsync(instance);
    }

    [Test]
    public async Task An_absent_Redis_keeps_no_instance_from_starting_and_is_used_once_it_is_there()
    {
        _proxy.Kill();
        var instance = await StartAsync(rate: 1, burst: 50);
        await AssertOwnAsync(instance);
        _proxy.Mend();
        await AssertSharedAgainAsync(instance);
    }

    [Test]
    public async Task A_Redis_that_answers_and_refuses_to_write_is_as_good_as_away()
    {
        // A key of another type: the script fails on the server.
        var probe = (RedisKey)"custom-events:rate:~probe";
        await _redis.GetDatabase().KeyDeleteAsync(probe);
        await _redis.GetDatabase().ListRightPushAsync(probe, "x");
        try
        {
            var instance = await StartAsync(rate: 1, burst: 50);
            Assert.That((instance.Limiter.IsShared, (await instance.TakeAsync(_store)).Left), Is.EqualTo((false, 49)));
            Assert.That(_logs.Lines.Select(line => line.Text), Has.Some.Contains("it refused: "));
        }
        finally
        {
            await _redis.GetDatabase().KeyDeleteAsync(probe);
        }
    }

    [Test]
    public async Task Its_own_decisions_are_counted_and_health_says_that_the_limit_is_not_shared()
    {
        var instance = await StartAsync(rate: 1, burst: 50);
        var measured = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name.StartsWith("custom_events.ingest.rate_limit.", StringComparison.Ordinal) && ReferenceEquals(instrument.Meter.Scope, instance.Meters))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = measured.GetValueOrDefault(instrument.Name) + value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.That((measured["custom_events.ingest.rate_limit.is_shared"], instance.Limiter.Problem, instance.Limiter.IsRequired), Is.EqualTo((1d, (string?)null, false)));

        _proxy.Kill();
        await AssertOwnAsync(instance);
        listener.RecordObservableInstruments();
        Assert.That(measured["custom_events.ingest.rate_limit.is_shared"], Is.Zero);
        Assert.That(measured["custom_events.ingest.rate_limit.own_decisions"], Is.EqualTo(2));
        Assert.That(instance.Limiter.Problem, Does.StartWith("Redis: ").And.Contain("limit of its own"));
    }

    /// <summary>One request notices, and is judged by the instance's own bucket as the next one is.</summary>
    private async Task AssertOwnAsync(Instance instance)
    {
        await Eventually.BecomesAsync(async () => (await instance.TakeAsync(_store)).Allowed && !instance.Limiter.IsShared, Is.True, "judged by itself");
        Assert.That((await instance.TakeAsync(_store)).Left, Is.EqualTo(48), "its own bucket was full");
        await Eventually.BecomesAsync(() => _logs.Lines.Count(line => line.Level >= LogLevel.Warning), Is.EqualTo(1), "told once");
    }

    private async Task AssertSharedAgainAsync(Instance instance)
    {
        await Eventually.BecomesAsync(() => instance.Limiter.IsShared, Is.True, "asked again by itself");
        var other = await StartAsync(rate: 1, burst: 50);
        var before = (await instance.TakeAsync(_store)).Left;
        Assert.That((await other.TakeAsync(_store)).Left, Is.InRange(before - 1, before), "one bucket");
        Assert.That(_logs.Lines.Count(line => line.Level >= LogLevel.Warning), Is.EqualTo(1), "told once");
    }

    private async Task<Instance> StartAsync(int rate, int burst)
    {
        var instance = await Instance.StartAsync($"127.0.0.1:{_proxy.Port}", rate, burst, _logs);
        _instances.Add(instance);
        return instance;
    }

    private RedisKey Key(string endpoint) => $"custom-events:rate:{_store}:{endpoint}";

    private async Task<long> NowAsync() => (await _redis.GetServers()[0].TimeAsync() - DateTime.UnixEpoch).Ticks / 10;

    private async Task KeepAsync(string kept)
    {
        var text = kept;
        if (kept.IndexOf("NOW", StringComparison.Ordinal) is > 0 and var at)
        {
            var seconds = long.Parse(kept[(at + 3)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = kept[..at] + (await NowAsync() + (seconds * 1_000_000)).ToString(CultureInfo.InvariantCulture);
        }

        await _redis.GetDatabase().StringSetAsync(Key("events"), text, TimeSpan.FromMinutes(1));
    }

    /// <summary>What one instance of the API has of it.</summary>
    private sealed class Instance : IAsyncDisposable
    {
        private readonly ServiceProvider _services;
        private readonly RedisBuckets _buckets;

        private Instance(string redis, int rate, int burst, CollectedLogs logs)
        {
            _services = new ServiceCollection().AddMetrics().AddLogging(logging => logging.AddProvider(logs)).BuildServiceProvider();
            Meters = _services.GetRequiredService<IMeterFactory>();
            var limit = Options.Create(new RateLimitOptions { RequestsPerSecond = rate, Burst = burst });
            // Above what a busy machine needs: the tests are about a Redis that does not answer at all.
            var options = Options.Create(new RedisOptions { Configuration = redis, Timeout = TimeSpan.FromSeconds(1) });
            _buckets = new RedisBuckets(options, limit, TimeProvider.System);
            Limiter = new SharedRateLimiter(
                _buckets, new TokenBucketRateLimiter(limit, TimeProvider.System), Meters, _services.GetRequiredService<ILogger<SharedRateLimiter>>());
        }

        public SharedRateLimiter Limiter { get; }

        public IMeterFactory Meters { get; }

        public static async Task<Instance> StartAsync(string redis, int rate, int burst, CollectedLogs logs)
        {
            var instance = new Instance(redis, rate, burst, logs);
            await instance.Limiter.StartAsync(CancellationToken.None);
            return instance;
        }

        public ValueTask<RateDecision> TakeAsync(string storeId, IngestEndpoint endpoint = IngestEndpoint.Single) => Limiter.TakeAsync(storeId, endpoint);

        public async ValueTask DisposeAsync()
        {
            await Limiter.StopAsync(CancellationToken.None);
            Limiter.Dispose();
            await _buckets.DisposeAsync();
            await _services.DisposeAsync();
        }
    }
}
