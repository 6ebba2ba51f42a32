using System.Diagnostics.CodeAnalysis;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Kafka.Reading;

/// <summary>Puts the records of several partitions in the order of their timestamps, each partition's own order kept.</summary>
internal sealed class PartitionMerge(IEnumerable<int> partitions)
{
    private readonly SortedDictionary<int, Queue<LogRecord>> _queues = new(partitions.ToDictionary(static p => p, static _ => new Queue<LogRecord>()));
    private readonly HashSet<int> _ended = [];

    /// <summary>Whether nothing can be taken because a partition that goes on has no record waiting.</summary>
    public bool IsStarved => _queues.Any(q => q.Value.Count == 0 && !_ended.Contains(q.Key));

    /// <summary>Whether all ended and everything was taken.</summary>
    public bool IsDrained => _queues.All(q => q.Value.Count == 0 && _ended.Contains(q.Key));

    public void Add(int partition, LogRecord record) => _queues[partition].Enqueue(record);

    /// <summary>No more records of the partition come; false where that was said before.</summary>
    public bool End(int partition) => _ended.Add(partition);

    public bool TryTake([NotNullWhen(true)] out LogRecord? record)
    {
        record = null;
        if (IsStarved)
            return false;
        Queue<LogRecord>? oldest = null;
        foreach (var queue in _queues.Values)
        {
            if (queue.TryPeek(out var head) && (oldest is null || head.Timestamp < oldest.Peek().Timestamp))
                oldest = queue;
        }

        return oldest is not null && oldest.TryDequeue(out record);
    }
}
