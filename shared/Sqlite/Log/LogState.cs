using System.Collections.Concurrent;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Log;

/// <summary>What the process knows of the log beside its file: topics, the partitions' ends, and which reader a group has.</summary>
internal sealed class LogState(DatabaseFile file, TimeProvider time) : IWriteObserver
{
    /// <summary>One process does all the work, so a few lanes a stage are as fast as many.</summary>
    public const int PartitionsPerTopic = 4;

    private readonly ConcurrentDictionary<string, LogTopic> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Group, string Topic), object> _owners = new();
    private readonly ConcurrentDictionary<(string Group, long Number), long> _uncommitted = new();
    private readonly HashSet<LogPartition> _appended = [];
    private long _dataVersion;
    private int _flushIsQueued;

    /// <summary>The file.</summary>
    public DatabaseFile File { get; } = file;

    /// <summary>The clock of the records' timestamps.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Reads what topics there are, before anybody else works with the file.</summary>
    public void Load(Connection connection)
    {
        foreach (var topic in LoadTopics(connection))
            _topics.TryAdd(topic.Name, topic);
        _dataVersion = connection.DataVersion();
    }

    /// <summary>A topic; null where it was not made yet, by this process or another.</summary>
    public LogTopic? Find(string name)
    {
        if (_topics.TryGetValue(name, out var topic))
            return topic;
        foreach (var found in File.Read(LoadTopics))
            _topics.TryAdd(found.Name, found);
        return _topics.GetValueOrDefault(name);
    }

    /// <summary>A topic, made where it is not there.</summary>
    public async ValueTask<LogTopic> FindOrCreateAsync(string name, CancellationToken cancellationToken)
    {
        if (_topics.TryGetValue(name, out var topic))
            return topic;
        await File.Writer.WriteAsync(connection => Create(connection, name), durable: true, cancellationToken);
        return Find(name) ?? throw new InvalidOperationException($"The topic {name} was made and is not there.");
    }

    /// <summary>
    /// Joins a group: true where the reader is the one that reads. One process does all the work, so a group has one member that reads, and
    /// others wait until it leaves.
    /// </summary>
    public bool TryOwn(string group, string topic, object reader) =>
        ReferenceEquals(_owners.GetOrAdd((group, topic), reader), reader);

    /// <summary>Leaves a group.</summary>
    public void Disown(string group, string topic, object reader) =>
        _owners.TryRemove(new KeyValuePair<(string, string), object>((group, topic), reader));

    /// <summary>Notes a commit, which is written with the next transaction. The file keeps the last one.</summary>
    public void Commit(string group, LogPartition partition, long nextOffset)
    {
        _uncommitted[(group, partition.Number)] = nextOffset;
        if (Interlocked.Exchange(ref _flushIsQueued, 1) == 0)
            _ = FlushAsync();
    }

    /// <summary>Writes the commits that were noted.</summary>
    public Task FlushAsync() => File.Writer.WriteAsync(
        connection =>
        {
            Volatile.Write(ref _flushIsQueued, 0);
            foreach (var (key, offset) in _uncommitted)
            {
                connection.Prepare(
                    """
                    INSERT INTO group_offsets(group_name, number, next_offset) VALUES(?1, ?2, ?3)
                    ON CONFLICT(group_name, number) DO UPDATE SET next_offset=?3
                    """).Bind(1, key.Group).Bind(2, key.Number).Bind(3, offset).Run();
            }

            return true;
        },
        durable: false,
        CancellationToken.None).ContinueWith(
            flush =>
            {
                // What was not written is written with the next commit; until then the records are only read again.
                Volatile.Write(ref _flushIsQueued, 0);
                _ = flush.Exception;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    /// <summary>Looks for records that another process appended.</summary>
    public static void Refresh(LogTopic topic, Connection reader)
    {
        foreach (var partition in topic.Partitions)
            partition.MoveEnd(reader.Query(partition.EndSql));
    }

    /// <summary>That records were put into a partition, in the transaction that is open.</summary>
    public void Appended(LogPartition partition) => _appended.Add(partition);

    /// <inheritdoc />
    public void Begun(Connection connection)
    {
        var version = connection.DataVersion();
        if (version == _dataVersion)
            return;
        // An operator's command wrote meanwhile: its records have taken offsets.
        _dataVersion = version;
        ForgetEnds();
    }

    /// <inheritdoc />
    public void Committed()
    {
        LogTopic? last = null;
        foreach (var partition in _appended)
        {
            partition.MoveEnd(partition.Next);
            if (last?.Name != partition.Topic && _topics.TryGetValue(partition.Topic, out last))
                last.Wake();
        }

        _appended.Clear();
    }

    /// <inheritdoc />
    public void RolledBack()
    {
        _appended.Clear();
        // Offsets were counted that no record has.
        ForgetEnds();
    }

    private void ForgetEnds()
    {
        foreach (var (_, topic) in _topics)
        {
            foreach (var partition in topic.Partitions)
                partition.Next = -1;
        }
    }

    private static bool Create(Connection connection, string name)
    {
        var insert = connection.Prepare("INSERT INTO topics(name, topic_id) VALUES(?1, ?2) ON CONFLICT DO NOTHING RETURNING topic");
        insert.Bind(1, name).Bind(2, Guid.NewGuid());
        var isNew = insert.Step();
        var topic = isNew ? insert.Int64(0) : 0;
        insert.Reset();
        for (var i = 0; isNew && i < PartitionsPerTopic; i++)
        {
            var partition = connection.Prepare("INSERT INTO partitions(topic, partition) VALUES(?1, ?2) RETURNING number");
            partition.Bind(1, topic).Bind(2, i);
            partition.Step();
            var number = partition.Int64(0);
            partition.Reset();
            connection.Execute(LogSchema.RecordTable(number));
        }

        return isNew;
    }

    private static List<LogTopic> LoadTopics(Connection connection)
    {
        var partitions = new List<(string Name, Guid Id, LogPartition Partition)>();
        var select = connection.Prepare(
            "SELECT t.name, t.topic_id, p.partition, p.number FROM topics t JOIN partitions p ON p.topic=t.topic ORDER BY t.topic, p.partition");
        while (select.Step())
        {
            var (name, id) = (select.Text(0), select.Guid(1));
            partitions.Add((name, id, new LogPartition(name, id, (int)select.Int64(2), select.Int64(3))));
        }

        var topics = partitions
            .GroupBy(each => (each.Name, each.Id))
            .Select(group => new LogTopic(group.Key.Name, group.Key.Id, [.. group.Select(each => each.Partition)]))
            .ToList();
        topics.ForEach(topic => Refresh(topic, connection));
        return topics;
    }
}
