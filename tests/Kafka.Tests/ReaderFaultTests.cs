using Confluent.Kafka;
using CustomEvents.Tests.Kafka.Mock;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Kafka;

/// <summary>What a reader does when the brokers fail it, on the mock cluster.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class ReaderFaultTests : IDisposable
{
    private readonly MockCluster _cluster = new();
    private readonly LogUnderTest _log;

    public ReaderFaultTests()
    {
        var topic = KafkaLogs.NewName();
        _cluster.CreateTopic(topic, 1);
        _log = KafkaLogs.Open(_cluster.BootstrapServers, topic, 1, () => Task.CompletedTask, MockLogTests.QuickGroups);
    }

    public void Dispose()
    {
        _log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _cluster.Dispose();
    }

    [TestCase(ErrorCode.NotLeaderForPartition)]
    [TestCase(ErrorCode.UnknownTopicOrPart)]
    [TestCase(ErrorCode.KafkaStorageError)]
    public async Task A_passing_error_while_reading_is_ridden_out_and_nothing_is_missed(ErrorCode error)
    {
        using var member = _log.Join("errors");
        await _log.AppendAsync(_log.Record("k", "1"));
        member.ReadUntil(1);
        _cluster.FailNext(ApiKey.Fetch, error, error);
        await _log.AppendAsync(_log.Record("k", "2"), _log.Record("k", "3"));
        member.ReadUntil(3);
        Assert.That(member.Values, Is.EqualTo(new[] { "1", "2", "3" }));
        member.Reader.Close();
    }

    [Test]
    public async Task A_broker_that_was_away_is_read_from_again()
    {
        using var member = _log.Join("away");
        await _log.AppendAsync(_log.Record("k", "1"));
        member.ReadUntil(1);
        _cluster.StopBroker();
        var append = _log.AppendAsync(_log.Record("k", "2"));
        member.PollOnce(TimeSpan.FromMilliseconds(300));
        _cluster.StartBroker();
        member.ReadUntil(2);
        await append;
        Assert.That(member.Values, Is.EqualTo(new[] { "1", "2" }));
        member.Reader.Close();
    }

    [Test]
    public async Task A_commit_that_is_refused_means_that_records_come_again()
    {
        await _log.AppendAsync(_log.Record("k", "1"), _log.Record("k", "2"));
        using (var first = _log.Join("commits"))
        {
            first.ReadUntil(2);
            _cluster.FailNext(ApiKey.OffsetCommit, [.. Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 20)]);
            first.CommitRead();
            first.Reader.Close();
        }

        using var second = _log.Join("commits");
        second.ReadUntil(2);
        Assert.That(second.Values, Is.EqualTo(new[] { "1", "2" }));
        second.Reader.Close();
    }

    [Test]
    public async Task A_listener_that_fails_is_told_of_and_hangs_nothing()
    {
        await _log.AppendAsync(_log.Record("k", "1"));
        using var member = _log.Join("listener");
        member.ReadUntil(1);
        member.BeforeHandingOver = _ => throw new InvalidOperationException("a bug");
        member.Reader.Close();
        Assert.That(() => member.Reader.Commit(member.Partition(0), 1), Throws.Nothing, "a late commit of a lane");
        Assert.That(member.Reader.HighWatermark(member.Partition(0)), Is.Null);
    }
}
