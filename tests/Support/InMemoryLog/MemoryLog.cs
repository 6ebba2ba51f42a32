using System.Runtime.CompilerServices;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Support.InMemoryLog;

/// <summary>A log in memory whose faults and rebalances the test decides. Topics come into being with the first use.</summary>
public sealed class MemoryLog(int partitions = 4, TimeProvider? time = null) : ILogWriter, ILogReaderFactory, ILogInspector
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<string, MemoryTopic> _topics = [];
    private readonly Dictionary<(string Group, string Topic), MemoryGroup> _groups = [];

    /// <summary>Awaited before an append writes; what it throws, the append throws, and nothing was written.</summary>
    public Func<IReadOnlyList<OutgoingRecord>, CancellationToken, Task>? BeforeAppend { get; set; }

    /// <summary>Awaited after an append wrote; what it throws, the append throws, though all was written.</summary>
    public Func<IReadOnlyList<OutgoingRecord>, CancellationToken, Task>? AfterAppend { get; set; }

    /// <summary>Called at the start of every poll; may throw.</summary>
    public Action? BeforePoll { get; set; }

    /// <summary>Called at the start of every open; may throw.</summary>
    public Action? BeforeOpen { get; set; }

    /// <summary>Called when a member is about to hand partitions over.</summary>
    public Action? BeforeRevoke { get; set; }

    /// <summary>How often a reader was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>How often a partition was paused.</summary>
    public int Pauses { get; internal set; }

    internal Lock Gate { get; } = new();

    /// <summary>Completed and renewed whenever something changes that a poll may wait for.</summary>
    internal SemaphoreSlim Changed { get; } = new(0);

    public static OutgoingRecord Record(string topic, string? key, string? value, params RecordHeader[] headers) => new(
        topic, key is null ? (ReadOnlyMemory<byte>?)null : LogSuites.Bytes.Of(key), value is null ? (ReadOnlyMemory<byte>?)null : LogSuites.Bytes.Of(value), headers);

    public async Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (BeforeAppend is { } before)
            await before(records, cancellationToken);
        Write(records);
        if (AfterAppend is { } after)
            await after(records, cancellationToken);
    }

    /// <summary>Appends without faults.</summary>
    public void Write(params IReadOnlyList<OutgoingRecord> records)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        lock (Gate)
        {
            foreach (var record in records)
                Topic(record.Topic).Append(record, now);
        }

        Signal();
    }

    /// <summary>Appends one record to a partition that its key does not choose.</summary>
    public void WriteTo(int partition, OutgoingRecord record)
    {
        lock (Gate)
            Topic(record.Topic).Append(record, _time.GetUtcNow().UtcDateTime, partition);
        Signal();
    }

    /// <summary>Deletes a topic and makes it anew: another id, offsets from 0, nothing committed.</summary>
    public void Recreate(string topic)
    {
        lock (Gate)
        {
            _topics[topic] = new(topic, partitions);
            foreach (var group in _groups.Values.Where(g => g.Topic == topic))
                group.Forget();
        }

        Signal();
    }

    /// <summary>All records of a topic, by partition and offset.</summary>
    public IReadOnlyList<LogRecord> Read(string topic)
    {
        lock (Gate)
            return [.. Topic(topic).Partitions.SelectMany(p => p)];
    }

    /// <summary>What a group has committed in a partition; null where nothing.</summary>
    public long? Committed(string group, string topic, int partition)
    {
        lock (Gate)
            return Group(group, topic).Committed(partition);
    }

    /// <summary>How many records a group has not committed, over all partitions.</summary>
    public long Lag(string group, string topic)
    {
        lock (Gate)
            return Topic(topic).Partitions.Select((p, i) => p.Count - (Group(group, topic).Committed(i) ?? 0)).Sum();
    }

    /// <summary>Hands a partition over from its owner, in good order, to the member that joined as the <paramref name="member"/>th.</summary>
    public void Move(string group, string topic, int partition, int member) => Change(() => Group(group, topic).Move(partition, member));

    /// <summary>Takes all partitions from the member that joined as the <paramref name="member"/>th, which hears of it only later; others get them at once.</summary>
    public void Evict(string group, string topic, int member) => Change(() => Group(group, topic).Evict(member));

    /// <summary>How many members a group has.</summary>
    public int Members(string group, string topic)
    {
        lock (Gate)
            return Group(group, topic).Count;
    }

    public ILogReader Open(string group, string topic, IAssignmentListener listener)
    {
        BeforeOpen?.Invoke();
        lock (Gate)
        {
            Opened++;
            _ = Topic(topic);
            var reader = new MemoryLogReader(this, Group(group, topic), listener);
            Group(group, topic).Join(reader);
            Signal();
            return reader;
        }
    }

    public Task<int> PartitionsAsync(string topic, CancellationToken cancellationToken) => Task.FromResult(partitions);

    public async IAsyncEnumerable<LogRecord> ReadAsync(
        string topic, IReadOnlyCollection<int>? partitions, DateTime since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var record in Read(topic))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Timestamp >= since && partitions?.Contains(record.Position.Partition) != false)
                yield return record;
        }
    }

    public Task<IReadOnlyDictionary<(int Partition, long Offset), LogRecord>> ReadAtAsync(
        string topic, IReadOnlyCollection<(int Partition, long Offset)> places, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(int, long), LogRecord>();
        lock (Gate)
        {
            foreach (var place in places)
            {
                if (place.Partition < partitions && Topic(topic).At(place.Partition, place.Offset) is { } record)
                    found[place] = record;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<(int, long), LogRecord>>(found);
    }

    public Task<IReadOnlyList<LogRecord>> TailAsync(string topic, int perPartition, CancellationToken cancellationToken)
    {
        lock (Gate)
            return Task.FromResult<IReadOnlyList<LogRecord>>([.. Topic(topic).Partitions.SelectMany(p => p.TakeLast(perPartition))]);
    }

    public Task<int> MembersAsync(string group, CancellationToken cancellationToken)
    {
        lock (Gate)
            return Task.FromResult(_groups.Where(g => g.Key.Group == group).Sum(g => g.Value.Count));
    }

    public Task<IReadOnlyList<PartitionProgress>> ProgressAsync(string group, string topic, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            var progress = Topic(topic).Partitions.Select((records, i) =>
            {
                var committed = Group(group, topic).Committed(i);
                return new PartitionProgress(i, committed, 0, records.Count, Topic(topic).At(i, committed ?? 0)?.WaitingSince);
            });
            return Task.FromResult<IReadOnlyList<PartitionProgress>>([.. progress]);
        }
    }

    internal MemoryTopic Topic(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
            _topics[name] = topic = new(name, partitions);
        return topic;
    }

    internal void Signal()
    {
        if (Changed.CurrentCount < 16)
            Changed.Release();
    }

    private void Change(Action change)
    {
        lock (Gate)
            change();
        Signal();
    }

    private MemoryGroup Group(string name, string topic)
    {
        if (!_groups.TryGetValue((name, topic), out var group))
            _groups[(name, topic)] = group = new(topic, partitions);
        return group;
    }
}
