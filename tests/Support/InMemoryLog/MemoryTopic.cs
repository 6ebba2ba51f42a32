using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Support.InMemoryLog;

/// <summary>A topic's records.</summary>
internal sealed class MemoryTopic(string name, int partitions)
{
    private readonly Guid _id = Guid.NewGuid();
    private int _unkeyed;

    public List<LogRecord>[] Partitions { get; } = [.. Enumerable.Range(0, partitions).Select(_ => new List<LogRecord>())];

    public LogRecord? At(int partition, long offset) => offset < Partitions[partition].Count ? Partitions[partition][(int)offset] : null;

    public void Append(OutgoingRecord record, DateTime now, int? partition = null)
    {
        var to = partition ?? (record.Key is { } key ? Murmur2.Partition(key.Span, partitions) : _unkeyed++ % partitions);
        Partitions[to].Add(new LogRecord
        {
            Topic = name,
            Position = new Position(_id, to, Partitions[to].Count),
            Timestamp = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc),
            // Copied: their memory is the appender's again once the append is done.
            Key = record.Key is { } k ? k.ToArray() : default(ReadOnlyMemory<byte>?),
            Value = record.Value is { } v ? v.ToArray() : default(ReadOnlyMemory<byte>?),
            Headers = [.. record.Headers],
        });
    }
}
