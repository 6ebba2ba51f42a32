using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Support.InMemoryLog;

/// <summary>A member of a group of a <see cref="MemoryLog"/>.</summary>
internal sealed class MemoryLogReader(MemoryLog log, MemoryGroup group, IAssignmentListener listener) : ILogReader
{
    private readonly Dictionary<int, long> _next = [];
    private readonly HashSet<int> _paused = [];
    private readonly List<int> _gained = [];
    private readonly List<int> _lost = [];
    private int _turn;
    private bool _closed;

    public LogRecord? Poll(TimeSpan timeout)
    {
        log.BeforePoll?.Invoke();
        HearChanges();
        if (Take() is { } record)
            return record;
        log.Changed.Wait(timeout);
        HearChanges();
        return Take();
    }

    public void Pause(TopicPartition partition)
    {
        lock (log.Gate)
        {
            log.Pauses++;
            _paused.Add(partition.Partition);
        }
    }

    public void Resume(TopicPartition partition)
    {
        lock (log.Gate)
            _paused.Remove(partition.Partition);
    }

    public void Seek(TopicPartition partition, long offset)
    {
        lock (log.Gate)
        {
            if (_next.ContainsKey(partition.Partition))
                _next[partition.Partition] = offset;
        }
    }

    public void Commit(TopicPartition partition, long nextOffset)
    {
        lock (log.Gate)
            group.Commit(this, partition.Partition, nextOffset);
    }

    public long? HighWatermark(TopicPartition partition)
    {
        lock (log.Gate)
            return log.Topic(group.Topic).Partitions[partition.Partition].Count;
    }

    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        int[] held;
        lock (log.Gate)
            held = [.. _next.Keys.Except(_gained)];
        if (held.Length > 0)
            listener.Revoked(Named(held));
        lock (log.Gate)
            group.Leave(this);
        log.Signal();
    }

    /// <summary>Goes away without a word, as a process that was killed.</summary>
    public void Dispose()
    {
        _closed = true;
        lock (log.Gate)
            group.Leave(this);
        log.Signal();
    }

    internal void Gain(int partition, long next)
    {
        _next[partition] = next;
        _paused.Remove(partition);
        _gained.Add(partition);
    }

    internal void Rewind(int partition) => _next[partition] = 0;

    internal void Lose(IEnumerable<int> lost)
    {
        foreach (var partition in lost)
        {
            _next.Remove(partition);
            if (!_gained.Remove(partition))
                _lost.Add(partition);
        }
    }

    private void HearChanges()
    {
        if (_closed)
            return;
        int[] lost, revoked, gained;
        lock (log.Gate)
        {
            lost = [.. _lost];
            _lost.Clear();
        }

        if (lost.Length > 0)
            listener.Lost(Named(lost));
        lock (log.Gate)
        {
            group.Return(this);
            revoked = [.. group.ToRevoke(this)];
        }

        if (revoked.Length > 0)
        {
            var heard = revoked.Except(_gained).ToArray();
            if (heard.Length > 0)
            {
                log.BeforeRevoke?.Invoke();
                listener.Revoked(Named(heard));
            }

            lock (log.Gate)
            {
                foreach (var partition in revoked)
                {
                    _next.Remove(partition);
                    _gained.Remove(partition);
                }

                // An eviction may have come in between; what it took is not this member's to give any more.
                group.Revoked(revoked.Where(p => group.Owns(this, p)));
            }

            log.Signal();
        }

        lock (log.Gate)
        {
            gained = [.. _gained];
            _gained.Clear();
        }

        if (gained.Length > 0)
            listener.Assigned(Named(gained));
    }

    private LogRecord? Take()
    {
        lock (log.Gate)
        {
            var held = _next.Keys.Except(_gained).Where(p => !_paused.Contains(p)).Order().ToArray();
            for (var i = 0; i < held.Length; i++)
            {
                var partition = held[(_turn + i) % held.Length];
                if (log.Topic(group.Topic).At(partition, _next[partition]) is not { } record)
                    continue;
                _next[partition]++;
                _turn++;
                return record;
            }

            return null;
        }
    }

    private List<TopicPartition> Named(IEnumerable<int> partitions) => [.. partitions.Select(p => new TopicPartition(group.Topic, p))];
}
