namespace CustomEvents.Tests.Support.InMemoryLog;

/// <summary>
/// Who reads which partition and what is committed. A partition that moves is first revoked from its owner, who hands it over from inside a poll, and then
/// assigned. Guarded by the log's gate.
/// </summary>
internal sealed class MemoryGroup(string topic, int partitions)
{
    private readonly List<MemoryLogReader> _members = [];
    private readonly MemoryLogReader?[] _owners = new MemoryLogReader?[partitions];
    private readonly MemoryLogReader?[] _targets = new MemoryLogReader?[partitions];
    private readonly long?[] _committed = new long?[partitions];

    public string Topic { get; } = topic;

    public int Count => _members.Count;

    public long? Committed(int partition) => _committed[partition];

    public bool Owns(MemoryLogReader member, int partition) => _owners[partition] == member;

    public void Commit(MemoryLogReader member, int partition, long next)
    {
        if (Owns(member, partition))
            _committed[partition] = next;
    }

    /// <summary>The topic was made anew: members read on from its beginning.</summary>
    public void Forget()
    {
        Array.Clear(_committed);
        for (var p = 0; p < partitions; p++)
            _owners[p]?.Rewind(p);
    }

    public void Join(MemoryLogReader member)
    {
        _members.Add(member);
        ShareOut();
    }

    public void Leave(MemoryLogReader member)
    {
        if (!_members.Remove(member))
            return;
        for (var p = 0; p < partitions; p++)
        {
            if (_owners[p] == member)
                _owners[p] = null;
        }

        ShareOut();
    }

    public void Move(int partition, int member)
    {
        _targets[partition] = _members[member];
        Settle();
    }

    public void Evict(int member)
    {
        var evicted = _members[member];
        List<int> lost = [];
        for (var p = 0; p < partitions; p++)
        {
            if (_owners[p] == evicted)
            {
                lost.Add(p);
                _owners[p] = null;
            }
        }

        evicted.Lose(lost);
        // It comes back, as the last, with its next poll.
        _members.Remove(evicted);
        ShareOut();
    }

    public void Return(MemoryLogReader member)
    {
        if (!_members.Contains(member))
            Join(member);
    }

    /// <summary>What the member is to hand over now.</summary>
    public List<int> ToRevoke(MemoryLogReader member) => [.. Enumerable.Range(0, partitions).Where(p => _owners[p] == member && _targets[p] != member)];

    public void Revoked(IEnumerable<int> revoked)
    {
        foreach (var p in revoked)
            _owners[p] = null;
        Settle();
    }

    private void ShareOut()
    {
        for (var p = 0; p < partitions; p++)
            _targets[p] = _members.Count == 0 ? null : _members[p % _members.Count];
        Settle();
    }

    private void Settle()
    {
        for (var p = 0; p < partitions; p++)
        {
            if (_owners[p] is not null || _targets[p] is not { } target)
                continue;
            _owners[p] = target;
            target.Gain(p, _committed[p] ?? 0);
        }
    }
}
