using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite.Database;
using Microsoft.Data.Sqlite;

namespace CustomEvents.Sqlite.Log;

/// <summary>Reads a topic as a group. Woken by appends of its own process; looks for those of others a few times a second.</summary>
internal sealed class SqliteLogReader : ILogReader
{
    private const int FetchRecords = 500;
    private const long FetchBytes = 1024 * 1024;
    private static readonly TimeSpan LookForOthers = TimeSpan.FromMilliseconds(250);

    private readonly LogState _log;
    private readonly string _group;
    private readonly IAssignmentListener _listener;
    private readonly ManualResetEventSlim _arrived = new();
    private readonly LogTopic _topic;
    private Connection? _connection;
    private PartitionCursor[] _cursors = [];
    private long _dataVersion = -1;
    private long _lookedAt;
    private int _turn;
    private bool _isAssigned;
    private bool _isClosed;

    public SqliteLogReader(LogState log, string group, string topic, IAssignmentListener listener)
    {
        _log = log;
        _group = group;
        _listener = listener;
        _topic = log.FindOrCreateAsync(topic, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _topic.Subscribe(_arrived);
    }

    /// <inheritdoc />
    public LogRecord? Poll(TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            while (true)
            {
                _arrived.Reset();
                if (Assign() && (Deliver() ?? FetchAndDeliver()) is { } record)
                    return record;
                var left = timeout - TimeProvider.System.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                    return null;
                _arrived.Wait(left < LookForOthers ? left : LookForOthers);
            }
        }
        catch (SqliteException exception)
        {
            _connection?.Dispose();
            _connection = null;
            throw new LogReadException(SqliteFaults.Translate(exception, _log.File).Message, isFatal: false, exception);
        }
        catch (InfrastructureException exception)
        {
            throw new LogReadException(exception.Message, isFatal: false, exception);
        }
    }

    /// <inheritdoc />
    public void Pause(TopicPartition partition) => Cursor(partition).IsPaused = true;

    /// <inheritdoc />
    public void Resume(TopicPartition partition) => Cursor(partition).IsPaused = false;

    /// <inheritdoc />
    public void Seek(TopicPartition partition, long offset) => Cursor(partition).Seek(offset);

    /// <inheritdoc />
    public void Commit(TopicPartition partition, long nextOffset)
    {
        if (partition.Topic == _topic.Name && partition.Partition < _topic.Partitions.Length)
            _log.Commit(_group, _topic.Partitions[partition.Partition], nextOffset);
    }

    /// <inheritdoc />
    public long? HighWatermark(TopicPartition partition) =>
        partition.Topic == _topic.Name && partition.Partition < _topic.Partitions.Length ? _topic.Partitions[partition.Partition].End : null;

    /// <inheritdoc />
    public void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _topic.Unsubscribe(_arrived);
        if (_isAssigned)
        {
            _listener.Revoked(All());
            _log.FlushAsync().GetAwaiter().GetResult();
            _log.Disown(_group, _topic.Name, this);
        }

        _connection?.Dispose();
        _connection = null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_isClosed)
        {
            // Not closed means given up: what was not committed is read again.
            _isClosed = true;
            _topic.Unsubscribe(_arrived);
            _log.Disown(_group, _topic.Name, this);
            _connection?.Dispose();
        }

        _arrived.Dispose();
    }

    private bool Assign()
    {
        if (_isAssigned)
            return true;
        if (!_log.TryOwn(_group, _topic.Name, this))
            return false;
        _cursors = _log.File.Writer.WriteAsync(Join, durable: true, CancellationToken.None).GetAwaiter().GetResult();
        _isAssigned = true;
        _listener.Assigned(All());
        return true;
    }

    /// <summary>Where the group is. A row for each partition tells retention that somebody has yet to read it.</summary>
    private PartitionCursor[] Join(Connection connection)
    {
        var cursors = new PartitionCursor[_topic.Partitions.Length];
        for (var i = 0; i < cursors.Length; i++)
        {
            var partition = _topic.Partitions[i];
            connection.Prepare("INSERT INTO group_offsets(group_name, number) VALUES(?1, ?2) ON CONFLICT DO NOTHING")
                .Bind(1, _group).Bind(2, partition.Number).Run();
            var select = connection.Prepare("SELECT next_offset FROM group_offsets WHERE group_name=?1 AND number=?2")
                .Bind(1, _group).Bind(2, partition.Number);
            select.Step();
            cursors[i] = new PartitionCursor(partition, select.Int64(0));
            select.Reset();
        }

        return cursors;
    }

    /// <summary>The next record that was read already, partition after partition so that none waits for another.</summary>
    private LogRecord? Deliver()
    {
        for (var i = 0; i < _cursors.Length; i++)
        {
            var cursor = _cursors[(_turn + i) % _cursors.Length];
            if (cursor.IsPaused || !cursor.Ready.TryDequeue(out var record))
                continue;
            _turn = (_turn + i) % _cursors.Length;
            if (cursor.Ready.Count == 0)
                _turn++;
            return record;
        }

        return null;
    }

    private LogRecord? FetchAndDeliver()
    {
        LookForOtherProcesses();
        foreach (var cursor in _cursors)
        {
            if (!cursor.IsPaused && cursor.Ready.Count == 0 && cursor.Next < cursor.Partition.End)
                RecordReader.Read(Reader(), cursor.Partition, cursor.Next, FetchRecords, FetchBytes, cursor.Add);
        }

        return Deliver();
    }

    private void LookForOtherProcesses()
    {
        if (_connection is not null && TimeProvider.System.GetElapsedTime(_lookedAt) < LookForOthers)
            return;
        _lookedAt = TimeProvider.System.GetTimestamp();
        var version = Reader().DataVersion();
        if (version == _dataVersion)
            return;
        _dataVersion = version;
        LogState.Refresh(_topic, Reader());
    }

    private Connection Reader() => _connection ??= _log.File.OpenReader();

    private TopicPartition[] All() => [.. _topic.Partitions.Select(partition => new TopicPartition(_topic.Name, partition.Index))];

    private PartitionCursor Cursor(TopicPartition partition) =>
        partition.Topic == _topic.Name && partition.Partition < _cursors.Length
            ? _cursors[partition.Partition]
            : throw new ArgumentException($"{partition} is not assigned.", nameof(partition));
}
