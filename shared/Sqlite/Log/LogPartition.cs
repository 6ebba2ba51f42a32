namespace CustomEvents.Sqlite.Log;

/// <summary>A partition of a topic as the process knows it.</summary>
internal sealed class LogPartition(string topic, Guid topicId, int index, long number)
{
    private long _end;

    /// <summary>The topic's name.</summary>
    public string Topic { get; } = topic;

    /// <summary>The topic's id.</summary>
    public Guid TopicId { get; } = topicId;

    /// <summary>Which partition of the topic.</summary>
    public int Index { get; } = index;

    /// <summary>Names its table.</summary>
    public long Number { get; } = number;

    /// <summary>The offset behind the last record that is committed, as last heard of.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>The next offset inside the writer's transaction, or −1 where it has to be read from the file. The writer's thread alone uses it.</summary>
    public long Next { get; set; } = -1;

    public string InsertSql { get; } = $"INSERT INTO records_{number}(offset, timestamp, key, headers, value) VALUES(?1, ?2, ?3, ?4, ?5)";

    public string SelectSql { get; } =
        $"SELECT offset, timestamp, key, headers, value FROM records_{number} WHERE offset>=?1 ORDER BY offset";

    public string EndSql { get; } =
        $"SELECT max(floor, coalesce((SELECT max(offset)+1 FROM records_{number}), 0)) FROM partitions WHERE number={number}";

    public string StartSql { get; } = $"SELECT min(offset) FROM records_{number}";

    /// <summary>The timestamp of the first record at or behind an offset.</summary>
    public string TimestampSql { get; } = $"SELECT timestamp FROM records_{number} WHERE offset>=?1 ORDER BY offset LIMIT 1";

    /// <summary>The first record in a range of offsets that is of a time or younger.</summary>
    public string FirstYoungSql { get; } = $"SELECT offset FROM records_{number} WHERE offset>=?1 AND offset<?2 AND timestamp>=?3 ORDER BY offset LIMIT 1";

    /// <summary>Deletes the records before an offset.</summary>
    public string DeleteSql { get; } = $"DELETE FROM records_{number} WHERE offset<?1";

    /// <summary>Moves the end, never back. Whether it moved.</summary>
    public bool MoveEnd(long end)
    {
        while (true)
        {
            var current = Volatile.Read(ref _end);
            if (end <= current)
                return false;
            if (Interlocked.CompareExchange(ref _end, end, current) == current)
                return true;
        }
    }
}
