namespace CustomEvents.Pipeline.Log;

/// <summary>Appends to the log.</summary>
public interface ILogWriter
{
    /// <summary>
    /// Appends records; completes when every one is durable (acknowledged by all in-sync replicas). Records of one key keep
    /// their order, within a call and between calls that were begun one after the other.
    /// </summary>
    /// <exception cref="LogWriteException">The log did not take all of them; it says whether nothing or unknown was written.</exception>
    Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken);
}
