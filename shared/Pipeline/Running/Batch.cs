using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Pipeline.Running;

/// <summary>Records of one partition on their way through a lane, and what became of them. What was prepared is kept until the outputs made of it are durable.</summary>
internal sealed class Batch(LogRecord[] records, long since) : IDisposable
{
    private readonly List<IPreparedBatch> _kept = [];

    /// <summary>The records, in order.</summary>
    public LogRecord[] Records { get; } = records;

    /// <summary>One for each record.</summary>
    public Outcome[] Outcomes { get; } = new Outcome[records.Length];

    /// <summary>Where the time was when it was taken up; for its duration.</summary>
    public long Since { get; } = since;

    /// <summary>Its spans; null where nobody listens, and before it is taken up.</summary>
    public BatchTrace? Trace { get; private set; }

    /// <summary>Begins its spans.</summary>
    public void StartTrace(LaneEnvironment environment, TopicPartition partition) => Trace = BatchTrace.Start(environment, partition, Records);

    /// <summary>Keeps what outcomes were made of.</summary>
    public void Keep(IPreparedBatch prepared) => _kept.Add(prepared);

    /// <summary>This batch and the next records as one, to be prepared anew.</summary>
    public Batch Merge(LogRecord[] next)
    {
        Dispose();
        return new Batch([.. Records, .. next], Since);
    }

    public void Dispose()
    {
        foreach (var prepared in _kept)
            prepared.Dispose();
        _kept.Clear();
        Trace?.Dispose();
    }
}
