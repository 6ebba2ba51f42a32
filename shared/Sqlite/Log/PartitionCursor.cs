using CustomEvents.Pipeline.Log;

namespace CustomEvents.Sqlite.Log;

/// <summary>Where a reader is in a partition.</summary>
internal sealed class PartitionCursor(LogPartition partition, long next)
{
    /// <summary>The partition.</summary>
    public LogPartition Partition { get; } = partition;

    /// <summary>The offset to read at.</summary>
    public long Next { get; private set; } = next;

    /// <summary>Whether its records are held back.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Records that were read and not delivered.</summary>
    public Queue<LogRecord> Ready { get; } = new();

    /// <summary>Takes a record that was read.</summary>
    public void Add(LogRecord record)
    {
        Ready.Enqueue(record);
        Next = record.Position.Offset + 1;
    }

    /// <summary>Goes on at an offset.</summary>
    public void Seek(long offset)
    {
        Ready.Clear();
        Next = offset;
    }
}
