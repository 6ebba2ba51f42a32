using System.Diagnostics.CodeAnalysis;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Running;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stages.Normalizing;
using CustomEvents.Pipeline.Stages.Persisting;
using CustomEvents.Pipeline.Stages.Rejecting;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.InMemoryStores;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomEvents.Tests.Pipeline.Simulation;

/// <summary>One process with the three stages: it can be stopped in good order, or killed at whatever it is doing.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Its token source has no timer and goes with it.")]
internal sealed class Node
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<StageRunner> _runners = [];
    private readonly Readers _readers;
    private readonly Task _run;

    public Node(MemoryLog log, InMemoryStores stores, TopicNames topics, int seed)
    {
        Chaos = new(seed);
        _readers = new(log, Chaos);
        var random = new Random(seed);
        var options = new StageOptions
        {
            MinBackoff = TimeSpan.FromMilliseconds(1),
            MaxBackoff = TimeSpan.FromMilliseconds(5),
            CommitInterval = TimeSpan.FromMilliseconds(1),
            PollTimeout = TimeSpan.FromMilliseconds(2),
            MaxBatchAge = TimeSpan.Zero,
            MaxBatchRecords = random.Next(1, 12),
            MaxLaneRecords = 24,
            MaxConcurrentBatches = random.Next(1, 4),
            RevocationTimeout = TimeSpan.FromMilliseconds(10),
            ShutdownTimeout = TimeSpan.FromMilliseconds(20),
        };
        var writer = Chaos.Around<ILogWriter>(log);
        var events = Chaos.Around<IEventStore>(stores);
        var normalizer = new NormalizerStage(
            Chaos.Around<ITenantStore>(stores), Chaos.Around<IClaimStore>(stores), Chaos.Around<ICustomerDirectory>(stores), events, topics);
        var persister = new PersisterStage(
            events, Chaos.Around<IProfileStore>(stores), Chaos.Around<ICatalogStore>(stores), Chaos.Around<ILogInspector>(log), TimeProvider.System, NullLogger<PersisterStage>.Instance);
        var rejections = new RejectionStage(Chaos.Around<IRejectionStore>(stores), topics);
        Add(normalizer, topics.Raw);
        Add(persister, topics.Normalized);
        Add(rejections, topics.Rejected);
        _run = Task.WhenAll(_runners.Select(r => r.RunAsync(_stop.Token)));

        void Add(IStage stage, string topic) =>
            _runners.Add(new(stage, topic, stage.Name, _readers, writer, topics, options, TimeProvider.System, NullLogger<StageRunner>.Instance));
    }

    public Chaos Chaos { get; }

    public string Problems => string.Join(" | ", _runners.Select(r => $"{r.Name}: {r.Problem ?? "-"} {r.BytesInFlight} B"));

    public long BytesInFlight => _runners.Sum(r => r.BytesInFlight);

    /// <summary>SIGTERM.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>SIGKILL: nothing that it had begun takes effect from here on.</summary>
    public Task KillAsync()
    {
        Chaos.IsDead = true;
        _readers.Kill();
        return StopAsync();
    }

    private sealed class Readers(MemoryLog log, Chaos chaos) : ILogReaderFactory
    {
        private readonly List<ILogReader> _opened = [];

        public ILogReader Open(string group, string topic, IAssignmentListener listener)
        {
            lock (_opened)
            {
                if (chaos.IsDead)
                    throw new LogReadException("dead");
                var reader = log.Open(group, topic, listener);
                _opened.Add(reader);
                return new Reader(reader, chaos);
            }
        }

        public void Kill()
        {
            lock (_opened)
            {
                foreach (var reader in _opened)
                    reader.Dispose();
            }
        }
    }

    private sealed class Reader(ILogReader inner, Chaos chaos) : ILogReader
    {
        public LogRecord? Poll(TimeSpan timeout) => chaos.IsDead ? throw new LogReadException("dead", isFatal: true) : inner.Poll(timeout);

        public void Pause(TopicPartition partition) => inner.Pause(partition);

        public void Resume(TopicPartition partition) => inner.Resume(partition);

        public void Seek(TopicPartition partition, long offset) => inner.Seek(partition, offset);

        public void Commit(TopicPartition partition, long nextOffset)
        {
            if (!chaos.IsDead)
                inner.Commit(partition, nextOffset);
        }

        public long? HighWatermark(TopicPartition partition) => inner.HighWatermark(partition);

        public void Close()
        {
            if (!chaos.IsDead)
                inner.Close();
        }

        public void Dispose() => inner.Dispose();
    }
}
