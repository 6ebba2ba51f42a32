using CustomEvents.Events;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Running;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Tests.Kafka.Mock;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomEvents.Tests.Kafka;

/// <summary>The runner on the real client, which puts a member out of its group when nobody polls for longer than <c>max.poll.interval.ms</c>.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class SlowStageTests
{
    private static readonly TimeSpan MaxPollInterval = TimeSpan.FromSeconds(2);

    [Test]
    public async Task A_database_slower_than_the_poll_interval_costs_no_partition([Values] bool fails)
    {
        using var cluster = new MockCluster();
        var topic = KafkaLogs.NewName();
        cluster.CreateTopic(topic, 1);
        await using var log = KafkaLogs.Open(
            cluster.BootstrapServers, topic, 1, () => Task.CompletedTask,
            [.. MockLogTests.QuickGroups, ("Kafka:Client:max.poll.interval.ms", $"{MaxPollInterval.TotalMilliseconds}"), ("Kafka:Client:session.timeout.ms", "2000")]);
        await log.AppendAsync([.. Enumerable.Range(0, 20).Select(i => log.Record("k", $"{i}"))]);
        var readers = new CountedReaders(log.Readers);
        var stage = new SlowStage(2.5 * MaxPollInterval, fails);
        // The lane is full at once: its partition is paused, and is polled all the same.
        var options = new StageOptions { MaxBatchRecords = 2, MaxLaneRecords = 4, MaxBackoff = TimeSpan.FromMilliseconds(200) };
        var runner = new StageRunner(
            stage, topic, "slow", readers, log.Writer, new TopicNames(), options, TimeProvider.System, NullLogger<StageRunner>.Instance);
        using var stop = new CancellationTokenSource();
        var run = runner.RunAsync(stop.Token);
        await stage.Done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That((readers.Assigned, readers.Lost), Is.EqualTo((1, 0)));
        Assert.That(stage.Offsets, Is.EqualTo(Enumerable.Range(0, 20)), "each once, in order");
    }

    /// <summary>Takes long for its first batch: in one call, or in many that fail; the rest is done at once.</summary>
    private sealed class SlowStage(TimeSpan slow, bool fails) : IStage, IStageLane
    {
        private readonly long _begun = TimeProvider.System.GetTimestamp();

        public string Name => "slow";

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<long> Offsets { get; } = [];

        public IStageLane OpenLane(TopicPartition partition) => this;

        public ValueTask<StageRejection> RejectAsync(LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IPreparedBatch Prepare(IReadOnlyList<LogRecord> records) => new Batch(this, records);

        public void Dispose()
        {
        }

        private sealed class Batch(SlowStage stage, IReadOnlyList<LogRecord> records) : IPreparedBatch
        {
            public async Task<IReadOnlyList<Outcome>> ProcessAsync(CancellationToken cancellationToken)
            {
                var left = SlowLeft();
                if (left > TimeSpan.Zero && stage.IsFailing)
                    throw new InfrastructureException("the database is away");
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, cancellationToken);
                stage.Offsets.AddRange(records.Select(record => record.Position.Offset));
                if (stage.Offsets.Count >= 20)
                    stage.Done.TrySetResult();
                return [.. records.Select(_ => Outcome.Done)];

                TimeSpan SlowLeft() => stage.Slow - TimeProvider.System.GetElapsedTime(stage._begun);
            }

            public void Dispose()
            {
            }
        }

        private TimeSpan Slow { get; } = slow;

        private bool IsFailing { get; } = fails;
    }

    /// <summary>Counts what becomes of partitions.</summary>
    private sealed class CountedReaders(ILogReaderFactory inner) : ILogReaderFactory
    {
        public int Assigned { get; private set; }

        public int Lost { get; private set; }

        public ILogReader Open(string group, string topic, IAssignmentListener listener) => inner.Open(group, topic, new Listener(this, listener));

        private sealed class Listener(CountedReaders counted, IAssignmentListener inner) : IAssignmentListener
        {
            public void Assigned(IReadOnlyList<TopicPartition> partitions)
            {
                counted.Assigned += partitions.Count;
                inner.Assigned(partitions);
            }

            public void Revoked(IReadOnlyList<TopicPartition> partitions) => inner.Revoked(partitions);

            public void Lost(IReadOnlyList<TopicPartition> partitions)
            {
                counted.Lost += partitions.Count;
                inner.Lost(partitions);
            }
        }
    }
}
