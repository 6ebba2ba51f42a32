namespace CustomEvents.Pipeline.Log;

/// <summary>Opens readers.</summary>
public interface ILogReaderFactory
{
    /// <summary>Joins a group that reads a topic.</summary>
    /// <exception cref="LogReadException">The log is away.</exception>
    ILogReader Open(string group, string topic, IAssignmentListener listener);
}
