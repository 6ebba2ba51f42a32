using System.Runtime.CompilerServices;
using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Log;

/// <summary>The operator's view of the log in the data folder.</summary>
internal sealed class SqliteLogInspector(DataFolder folder) : ILogInspector
{
    private const int PageRecords = 200;
    private const long PageBytes = 4 * 1024 * 1024;

    /// <inheritdoc />
    public Task<int> PartitionsAsync(string topic, CancellationToken cancellationToken) => Task.FromResult(folder.Log.Find(topic)?.Partitions.Length ?? 0);

    /// <inheritdoc />
    public async IAsyncEnumerable<LogRecord> ReadAsync(
        string topic, IReadOnlyCollection<int>? partitions, DateTime since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var log = folder.Log;
        if (log.Find(topic) is not { } found)
            yield break;
        var sinceMilliseconds = (long)Math.Floor((since - DateTime.UnixEpoch).TotalMilliseconds);
        var open = log.File.Read(connection =>
            (partitions?.Select(number => found.Partitions[number]) ?? found.Partitions).Select(partition => Begin(connection, partition, sinceMilliseconds)).ToList());
        while (true)
        {
            PartitionScan? oldest = null;
            foreach (var scan in open)
            {
                if (scan.Page.Count == 0 && scan.Next < scan.End)
                    log.File.Read(connection => scan.Fetch(connection));
                if (scan.Page.TryPeek(out var first) && (oldest is null || first.Timestamp < oldest.Page.Peek().Timestamp))
                    oldest = scan;
            }

            if (oldest is null)
                yield break;
            cancellationToken.ThrowIfCancellationRequested();
            var record = oldest.Page.Dequeue();
            if (record.Timestamp >= since)
                yield return record;
        }
    }

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<(int Partition, long Offset), LogRecord>> ReadAtAsync(
        string topic, IReadOnlyCollection<(int Partition, long Offset)> places, CancellationToken cancellationToken)
    {
        var log = folder.Log;
        if (log.Find(topic) is not { } found)
            return Task.FromResult<IReadOnlyDictionary<(int, long), LogRecord>>(new Dictionary<(int, long), LogRecord>());
        return Task.FromResult(log.File.Read<IReadOnlyDictionary<(int, long), LogRecord>>(connection =>
        {
            var records = new Dictionary<(int, long), LogRecord>();
            foreach (var (partition, offset) in places)
            {
                if (partition < 0 || partition >= found.Partitions.Length)
                    continue;
                RecordReader.Read(connection, found.Partitions[partition], offset, 1, 1, record =>
                {
                    if (record.Position.Offset == offset)
                        records[(partition, offset)] = record;
                });
            }

            return records;
        }));
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionProgress>> ProgressAsync(string group, string topic, CancellationToken cancellationToken)
    {
        var log = folder.Log;
        if (log.Find(topic) is not { } found)
            return Task.FromResult<IReadOnlyList<PartitionProgress>>([]);
        return Task.FromResult(log.File.Read<IReadOnlyList<PartitionProgress>>(
            connection => [.. found.Partitions.Select(partition => Progress(connection, group, partition))]));
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<LogRecord>> TailAsync(string topic, int perPartition, CancellationToken cancellationToken)
    {
        var log = folder.Log;
        if (log.Find(topic) is not { } found)
            return Task.FromResult<IReadOnlyList<LogRecord>>([]);
        return Task.FromResult(log.File.Read<IReadOnlyList<LogRecord>>(connection =>
        {
            var records = new List<LogRecord>();
            foreach (var partition in found.Partitions)
                RecordReader.Read(connection, partition, connection.Query(partition.EndSql) - perPartition, perPartition, PageBytes, records.Add);
            return records;
        }));
    }

    /// <inheritdoc />
    public Task<int> MembersAsync(string group, CancellationToken cancellationToken) => Task.FromResult(PipelineLock.IsTaken(folder.Path) ? 1 : 0);

    private static PartitionProgress Progress(Connection connection, string group, LogPartition partition)
    {
        var select = connection.Prepare("SELECT next_offset FROM group_offsets WHERE group_name=?1 AND number=?2")
            .Bind(1, group).Bind(2, partition.Number);
        var committed = select.Step() ? select.NullableInt64(0) : null;
        select.Reset();
        var end = connection.Query(partition.EndSql);
        var oldest = connection.Prepare(partition.StartSql);
        oldest.Step();
        var start = oldest.NullableInt64(0) ?? end;
        oldest.Reset();
        DateTime? unfinished = null;
        RecordReader.Read(connection, partition, committed ?? start, 1, 1, record => unfinished = record.WaitingSince);
        return new PartitionProgress(partition.Index, committed, start, end, unfinished);
    }

    private static PartitionScan Begin(Connection connection, LogPartition partition, long since)
    {
        var end = connection.Query(partition.EndSql);
        // Timestamps follow the clock, so the first record of the time is found by halving.
        var (low, high) = (connection.Query(partition.StartSql), end);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (Timestamp(connection, partition, middle) is { } timestamp && timestamp < since)
                low = middle + 1;
            else
                high = middle;
        }

        return new PartitionScan(partition, low, end);
    }

    private static long? Timestamp(Connection connection, LogPartition partition, long offset)
    {
        var select = connection.Prepare(partition.TimestampSql).Bind(1, offset);
        long? timestamp = select.Step() ? select.Int64(0) : null;
        select.Reset();
        return timestamp;
    }

    private sealed class PartitionScan(LogPartition partition, long next, long end)
    {
        public long Next { get; private set; } = next;

        public long End => end;

        public Queue<LogRecord> Page { get; } = new();

        public bool Fetch(Connection connection)
        {
            RecordReader.Read(connection, partition, Next, (int)Math.Min(PageRecords, end - Next), PageBytes, Page.Enqueue);
            Next = Page.Count == 0 ? end : Page.Last().Position.Offset + 1;
            return true;
        }
    }
}
