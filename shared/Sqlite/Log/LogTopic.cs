namespace CustomEvents.Sqlite.Log;

/// <summary>A topic as the process knows it.</summary>
internal sealed class LogTopic(string name, Guid id, LogPartition[] partitions)
{
    private readonly Lock _gate = new();
    private ManualResetEventSlim[] _waiting = [];

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its id.</summary>
    public Guid Id { get; } = id;

    /// <summary>Its partitions.</summary>
    public LogPartition[] Partitions { get; } = partitions;

    /// <summary>Has an event set whenever records came.</summary>
    public void Subscribe(ManualResetEventSlim arrived)
    {
        lock (_gate)
            _waiting = [.. _waiting, arrived];
    }

    /// <summary>Ends that.</summary>
    public void Unsubscribe(ManualResetEventSlim arrived)
    {
        lock (_gate)
            _waiting = [.. _waiting.Where(other => other != arrived)];
    }

    /// <summary>Wakes who waits for records.</summary>
    public void Wake()
    {
        foreach (var arrived in Volatile.Read(ref _waiting))
            arrived.Set();
    }
}
