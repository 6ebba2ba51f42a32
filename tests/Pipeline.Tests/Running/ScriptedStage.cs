using System.Collections.Concurrent;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Pipeline.Running;

/// <summary>A stage that copies records to another topic, notes what it did, and fails as the test says.</summary>
internal sealed class ScriptedStage(string output = "out") : IStage
{
    private int _lanes;
    private int _batches;
    private int _prepared;

    public string Name => "scripted";

    /// <summary>Values in the order in which they were processed, each as often as it was.</summary>
    public ConcurrentQueue<string> Processed { get; } = new();

    /// <summary>How many records each processed batch had.</summary>
    public ConcurrentQueue<int> Sizes { get; } = new();

    /// <summary>Lanes and prepared batches that were not disposed of.</summary>
    public (int Lanes, int Batches) Open => (Volatile.Read(ref _lanes), Volatile.Read(ref _batches));

    /// <summary>How often something was prepared.</summary>
    public int Prepared => Volatile.Read(ref _prepared);

    /// <summary>Makes any batch that has the record fail.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Makes the preparation of the record fail.</summary>
    public Func<string, Exception?> PrepareFault { get; set; } = _ => null;

    /// <summary>Awaited before a batch is processed.</summary>
    public Func<IReadOnlyList<LogRecord>, CancellationToken, Task>? Before { get; set; }

    /// <summary>What becomes of a record; null produces it.</summary>
    public Func<string, Outcome?> Outcomes { get; set; } = _ => null;

    public IStageLane OpenLane(TopicPartition partition)
    {
        Interlocked.Increment(ref _lanes);
        return new Lane(this);
    }

    public ValueTask<StageRejection> RejectAsync(LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StageRejection(Guid.Empty, new EventError("", code, detail)));

    private sealed class Lane(ScriptedStage stage) : IStageLane
    {
        private int _preparing;

        public IPreparedBatch Prepare(IReadOnlyList<LogRecord> records)
        {
            if (Interlocked.Exchange(ref _preparing, 1) != 0)
                throw new AssertionException("Two preparations at once in one lane.");
            Interlocked.Increment(ref stage._prepared);
            try
            {
                foreach (var record in records)
                {
                    if (stage.PrepareFault(Bytes.Text(record.Value)!) is { } fault)
                        throw fault;
                }
            }
            finally
            {
                Interlocked.Exchange(ref _preparing, 0);
            }

            Interlocked.Increment(ref stage._batches);
            return new Batch(stage, records);
        }

        public void Dispose() => Interlocked.Decrement(ref stage._lanes);
    }

    private sealed class Batch(ScriptedStage stage, IReadOnlyList<LogRecord> records) : IPreparedBatch
    {
        private bool _disposed;

        public async Task<IReadOnlyList<Outcome>> ProcessAsync(CancellationToken cancellationToken)
        {
            Assert.That(_disposed, Is.False, "processed after it was disposed of");
            if (stage.Before is { } before)
                await before(records, cancellationToken);
            foreach (var record in records)
            {
                if (stage.Fault(Bytes.Text(record.Value)!) is { } fault)
                    throw fault;
            }

            stage.Sizes.Enqueue(records.Count);
            var outcomes = new List<Outcome>();
            foreach (var record in records)
            {
                var value = Bytes.Text(record.Value)!;
                stage.Processed.Enqueue(value);
                outcomes.Add(stage.Outcomes(value) ?? Outcome.Produced(new OutgoingRecord(stage.Output, record.Key, record.Value, [.. record.Headers])));
            }

            return outcomes;
        }

        public void Dispose()
        {
            if (_disposed)
                throw new AssertionException("Disposed of twice.");
            _disposed = true;
            Interlocked.Decrement(ref stage._batches);
        }
    }

    private string Output { get; } = output;
}
