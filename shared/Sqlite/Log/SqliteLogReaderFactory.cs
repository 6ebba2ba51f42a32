using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Sqlite.Log;

/// <summary>Opens readers of the log in the data folder.</summary>
internal sealed class SqliteLogReaderFactory(DataFolder folder) : ILogReaderFactory
{
    /// <inheritdoc />
    public ILogReader Open(string group, string topic, IAssignmentListener listener)
    {
        try
        {
            return new SqliteLogReader(folder.Log, group, topic, listener);
        }
        catch (InfrastructureException exception)
        {
            throw new LogReadException(exception.Message, isFatal: false, exception);
        }
    }
}
