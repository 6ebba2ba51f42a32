using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Stages;

/// <summary>A stage's work on one partition. Batches come in log order; <see cref="Prepare"/> of the next may run beside the processing of the one before.</summary>
public interface IStageLane : IDisposable
{
    /// <summary>Decodes and checks records: work of the processor alone, no I/O.</summary>
    IPreparedBatch Prepare(IReadOnlyList<LogRecord> records);
}
