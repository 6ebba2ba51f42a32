using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Log;

/// <summary>Makes records of the rows of <see cref="LogPartition.SelectSql"/>.</summary>
internal static class RecordReader
{
    /// <summary>Reads records from an offset on, until they are as many or weigh as much; at least one where there is one.</summary>
    public static void Read(Connection connection, LogPartition partition, long offset, int maxRecords, long maxBytes, Action<LogRecord> take)
    {
        var select = connection.Prepare(partition.SelectSql).Bind(1, offset);
        try
        {
            for (var count = 0; count < maxRecords && maxBytes > 0 && select.Step(); count++)
            {
                var record = Current(select, partition);
                maxBytes -= record.Size;
                take(record);
            }
        }
        finally
        {
            select.Reset();
        }
    }

    private static LogRecord Current(Statement row, LogPartition partition) => new()
    {
        Topic = partition.Topic,
        Position = new Position(partition.TopicId, partition.Index, row.Int64(0)),
        Timestamp = DateTime.UnixEpoch.AddMilliseconds(row.Int64(1)),
        Key = row.IsNull(2) ? default(ReadOnlyMemory<byte>?) : row.Bytes(2).ToArray(),
        Headers = new RecordHeaders(row.Bytes(3).ToArray()),
        Value = row.IsNull(4) ? default(ReadOnlyMemory<byte>?) : row.Bytes(4).ToArray(),
    };
}
