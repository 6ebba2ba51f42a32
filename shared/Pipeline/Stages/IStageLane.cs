using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Stages;

/// <summary>A stage's work on one partition. Batches come in log order, one after the other.</summary>
public interface IStageLane : IDisposable
{
    /// <summary>Decodes and checks records: work of the processor alone, no I/O.</summary>
    IPreparedBatch Prepare(IReadOnlyList<LogRecord> records);
}
