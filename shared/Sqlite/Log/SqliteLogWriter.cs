using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Sqlite.Log;

/// <summary>Appends to the log in the data folder.</summary>
internal sealed class SqliteLogWriter(DataFolder folder) : ILogWriter
{
    /// <summary>What a record may weigh, as on the topics of contract section 10: 8 MiB.</summary>
    private const int MaxRecordBytes = 8 * 1024 * 1024;

    /// <inheritdoc />
    public async Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
            return;
        AppendWork work;
        try
        {
            var log = folder.Log;
            long bytes = 0;
            var oneTopic = true;
            for (var i = 0; i < records.Count; i++)
            {
                var length = records[i].Value?.Length ?? 0;
                if (length > MaxRecordBytes)
                {
                    throw new LogWriteException(
                        $"The record has {length:N0} bytes and the log takes {MaxRecordBytes:N0}.", nothingWritten: true, LogWriteFailure.RecordRefused);
                }

                bytes += length + 256;
                oneTopic &= records[i].Topic == records[0].Topic;
            }

            var topics = new LogTopic[oneTopic ? 1 : records.Count];
            for (var i = 0; i < topics.Length; i++)
                topics[i] = await log.FindOrCreateAsync(records[i].Topic, cancellationToken);
            work = new AppendWork(log, records, topics) { Bytes = bytes };
            log.File.Writer.Enqueue(work, cancellationToken);
        }
        catch (InfrastructureException exception)
        {
            throw new LogWriteException(exception.Message, nothingWritten: true, LogWriteFailure.Unavailable, exception);
        }

        await work.Completion;
    }
}
