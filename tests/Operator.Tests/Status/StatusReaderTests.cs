using System.Text;
using CustomEvents.Events;
using CustomEvents.Operator.Status;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.InMemoryStores;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.Operator.Status;

/// <summary>What the status sees and says, over a log in memory.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StatusReaderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 4, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private readonly TopicNames _topics = new();
    private readonly InMemoryStores _stores = new();
    private readonly List<IDependency> _dependencies = [];
    private readonly MemoryLog _log;
    private StatusReader? _reader;

    public StatusReaderTests() => _log = new MemoryLog(partitions: 4, _time);

    [Test]
    public async Task Where_all_run_and_nothing_waits_nothing_is_wrong()
    {
        RunAll();
        var status = await LookAsync();
        Assert.Multiple(() =>
        {
            Assert.That(status.Problems, Is.Empty);
            Assert.That(status.FreshnessSeconds, Is.Zero);
            Assert.That(status.Stages.Select(one => (one.Stage, one.Members)), Is.EqualTo(new (string, int?)[] { ("normalizer", 1), ("persister", 1), ("rejections", 1) }));
        });
    }

    [Test]
    public async Task A_stage_that_runs_nowhere_is_told_with_what_waits_for_it()
    {
        Run("persister", _topics.Normalized);
        Run("rejections", _topics.Rejected);
        Send("shop", 3);
        _time.Advance(TimeSpan.FromMinutes(5));
        var status = await LookAsync();
        Assert.Multiple(() =>
        {
            Assert.That(status.Problems.Single(), Does.StartWith("normalizer is stopped: nobody reads events.raw, 3 records wait, the oldest since 5 min. Start the normalizer"));
            Assert.That(status.FreshnessSeconds, Is.EqualTo(300));
        });
    }

    [Test]
    public async Task A_partition_that_stands_still_is_told_with_its_place()
    {
        RunAll();
        Send("shop", 3);
        _time.Advance(TimeSpan.FromMinutes(1));
        var stuck = (await LookAsync()).Problems.Single();
        Assert.That(stuck, Does.StartWith($"normalizer does not get on in partition {PartitionOf("shop")} (at offset 0, received 66 s ago) of events.raw."));
        Assert.That(stuck, Does.Contain("/healthz/ready of the normalizer"));
    }

    [Test]
    public async Task A_stage_that_is_far_behind_and_gets_on_is_late_and_not_stuck()
    {
        RunAll(out var normalizer);
        Send("shop", 3);
        _time.Advance(TimeSpan.FromMinutes(10));
        var reading = Reader().ReadAsync(CancellationToken.None);
        await SettledAsync();
        normalizer.Commit(new TopicPartition(_topics.Raw, PartitionOf("shop")), 1);
        Assert.That((await FinishAsync(reading)).Problems.Single(), Does.StartWith("normalizer is 10 min behind (2 records of events.raw) and getting on."));
    }

    [Test]
    public async Task A_watch_sees_what_stands_still_without_waiting_at_each_look()
    {
        RunAll();
        Send("shop", 1);
        Assert.That((await LookAsync()).Problems, Is.Empty, "nothing is old yet");
        _time.Advance(TimeSpan.FromSeconds(20));
        var began = _time.GetUtcNow();
        Assert.That((await LookAsync()).Problems.Single(), Does.Contain("does not get on"));
        Assert.That(_time.GetUtcNow() - began, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public async Task What_is_away_is_told_once_and_the_rest_all_the_same()
    {
        RunAll();
        _dependencies.Add(new FakeNeed("mongodb", () => throw new InfrastructureException("MongoDB at m:1, ping: no answer.")));
        _dependencies.Add(new FakeNeed("kafka", () => Task.FromResult<string?>("Topic events.raw has max.message.bytes=1000.")));
        _stores.Fault = (_, _) => throw new InfrastructureException("MongoDB at m:1, listing rejections: no answer.");
        var status = await LookAsync();
        Assert.Multiple(() =>
        {
            Assert.That(status.Problems, Is.EqualTo(new[] { "mongodb: MongoDB at m:1, ping: no answer.", "kafka: Topic events.raw has max.message.bytes=1000." }));
            Assert.That(status.Stages, Has.Count.EqualTo(3));
        });
    }

    [Test]
    public async Task What_failed_is_told_beside_what_is_wrong_elsewhere()
    {
        RunAll();
        _dependencies.Add(new FakeNeed("kafka", () => Task.FromResult<string?>("Topic events.raw has max.message.bytes=1000.")));
        _stores.Fault = (_, _) => throw new InfrastructureException("MongoDB at m:1, counting rejections: not authorized.");
        Assert.That((await LookAsync()).Problems, Is.EqualTo(new[]
        {
            "kafka: Topic events.raw has max.message.bytes=1000.", "rejections of the last hour: MongoDB at m:1, counting rejections: not authorized.",
        }));
    }

    [Test]
    public async Task What_hangs_is_told_after_15_s()
    {
        RunAll();
        _dependencies.Add(new FakeNeed("kafka", () => new TaskCompletionSource<string?>().Task));
        var began = _time.GetUtcNow();
        Assert.That((await LookAsync()).Problems, Is.EqualTo(new[] { "kafka: no answer within 15 s" }));
        Assert.That(_time.GetUtcNow() - began, Is.InRange(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(17)));
    }

    [Test]
    public async Task Rejections_of_the_last_hour_are_counted_by_code()
    {
        RunAll();
        await AddRejectionsAsync(("1", ErrorCode.TooDeep, 90), ("2", ErrorCode.TooDeep, 5), ("3", ErrorCode.TooDeep, 6), ("4", ErrorCode.UnknownStore, 1));
        Assert.That((await LookAsync()).Rejected, Is.EqualTo(new Dictionary<string, long> { ["too_deep"] = 2, ["unknown_store"] = 1 }));
    }

    [Test]
    public async Task A_store_that_has_most_of_the_traffic_is_named_and_a_problem_only_where_something_is_behind()
    {
        RunAll(out var normalizer);
        Send("hot", 80);
        Send("other", 20);
        foreach (var partition in Enumerable.Range(0, 4))
            normalizer.Commit(new TopicPartition(_topics.Raw, partition), _log.Read(_topics.Raw).Count(r => r.Position.Partition == partition));
        _time.Advance(TimeSpan.FromSeconds(30));
        var status = await LookAsync();
        Assert.That(status.Stores[0] is { StoreId: "hot", Share: > 0.7 and < 0.9 }, Is.True, status.Stores[0].ToString());
        Assert.That(status.Problems, Is.Empty);

        _log.Write(MemoryLog.Record(_topics.Raw, "other", "late", new RecordHeader(HeaderNames.ReceivedAt, "2026-04-02T11:50:00Z"u8.ToArray())));
        var problems = (await LookAsync()).Problems;
        Assert.That(problems, Has.Count.EqualTo(2));
        Assert.That(problems[1], Does.StartWith("Store hot makes up ").And.Contain($"all in partition {PartitionOf("hot")}"));
    }

    private void RunAll() => RunAll(out _);

    private void RunAll(out ILogReader normalizer)
    {
        normalizer = Run("normalizer", _topics.Raw);
        Run("persister", _topics.Normalized);
        Run("rejections", _topics.Rejected);
    }

    private ILogReader Run(string group, string topic)
    {
        var reader = _log.Open(group, topic, new Listener());
        reader.Poll(TimeSpan.Zero);
        return reader;
    }

    private void Send(string store, int count) => _log.Write([.. Enumerable.Range(0, count).Select(i => MemoryLog.Record(_topics.Raw, store, $"{i}"))]);

    private static int PartitionOf(string store) => Murmur2.Partition(Encoding.UTF8.GetBytes(store), 4);

    private Task AddRejectionsAsync(params (string Id, ErrorCode Code, int MinutesAgo)[] rejections) => ((IRejectionStore)_stores).AddAsync(
        [
            .. rejections.Select(one => new Rejection(
                one.Id, "shop", "normalizer", one.Code, "", null, Noon.UtcDateTime.AddMinutes(-one.MinutesAgo), Guid.NewGuid(), _topics.Raw, 0, 0, [], default)),
        ],
        CancellationToken.None);

    private StatusReader Reader() => _reader ??= new StatusReader(_dependencies, _log, _stores, _topics, _time);

    private async Task<PipelineStatus> LookAsync() => await FinishAsync(Reader().ReadAsync(CancellationToken.None));

    /// <summary>Lets the fake time pass until the look is done.</summary>
    private async Task<PipelineStatus> FinishAsync(Task<PipelineStatus> looking)
    {
        for (var i = 0; !looking.IsCompleted && i < 200; i++)
        {
            await SettledAsync();
            if (!looking.IsCompleted)
                _time.Advance(TimeSpan.FromSeconds(1));
        }

        return await looking.WaitAsync(TimeSpan.FromSeconds(20));
    }

    // What runs without waiting for time is through by then, on a busy machine too, or time passes once more.
    private static async Task SettledAsync()
    {
        for (var i = 0; i < 20; i++)
            await Task.Delay(1);
    }

    private sealed class FakeNeed(string name, Func<Task<string?>> check) : IDependency
    {
        public string Name => name;

        public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<string?> CheckAsync(CancellationToken cancellationToken) => check();
    }

    private sealed class Listener : IAssignmentListener
    {
        public void Assigned(IReadOnlyList<TopicPartition> partitions)
        {
        }

        public void Revoked(IReadOnlyList<TopicPartition> partitions)
        {
        }

        public void Lost(IReadOnlyList<TopicPartition> partitions)
        {
        }
    }
}
