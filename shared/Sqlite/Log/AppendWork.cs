using System.Buffers;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Log;

/// <summary>Records to append. The writer reads the caller's memory, so the call does not end while it is at it.</summary>
internal sealed class AppendWork(LogState log, IReadOnlyList<OutgoingRecord> records, LogTopic[] topics) : WriteWork
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _headers;

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _completion.Task;

    public override void Execute(Connection connection)
    {
        var timestamp = log.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var headers = _headers ??= new ArrayBufferWriter<byte>(1024);
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            var topic = topics[topics.Length == 1 ? 0 : i];
            var partition = topic.Partitions[record.Key is { } key ? Murmur2.Partition(key.Span, topic.Partitions.Length) : 0];
            if (partition.Next < 0)
                partition.Next = connection.Query(partition.EndSql);
            log.Appended(partition);
            headers.ResetWrittenCount();
            for (var h = 0; h < record.Headers.Count; h++)
            {
                var (name, content) = record.Headers[h];
                headers.Advance(RecordHeaders.Write(headers.GetSpan(RecordHeaders.SizeOf(name, content)), name, content));
            }

            var insert = connection.Prepare(partition.InsertSql).Bind(1, partition.Next++).Bind(2, timestamp);
            _ = record.Key is { } keyBytes ? insert.BindBlob(3, keyBytes.Span) : insert.BindNull(3);
            insert.BindBlob(4, headers.WrittenSpan);
            _ = record.Value is { } value ? insert.BindBlob(5, value.Span) : insert.BindNull(5);
            insert.Run();
        }
    }

    public override void Complete() => _completion.TrySetResult();

    public override void Fail(Exception exception, bool nothingWritten)
    {
        switch (exception)
        {
            case OperationCanceledException cancelled:
                _completion.TrySetCanceled(cancelled.CancellationToken);
                break;
            case RecordFaultException:
                _completion.TrySetException(
                    new LogWriteException(exception.Message, nothingWritten, LogWriteFailure.RecordRefused, exception));
                break;
            default:
                _completion.TrySetException(
                    new LogWriteException(exception.Message, nothingWritten, LogWriteFailure.Unavailable, exception));
                break;
        }
    }
}
