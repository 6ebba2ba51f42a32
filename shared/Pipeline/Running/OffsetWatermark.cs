namespace CustomEvents.Pipeline.Running;

/// <summary>
/// Up to which offset a partition is done without a gap. Records begin in order and end in any order; what may be committed never passes one that has not
/// ended. Offsets may have gaps (a log may leave some out). Not thread-safe.
/// </summary>
internal sealed class OffsetWatermark
{
    private readonly Queue<long> _unfinished = new();
    private readonly HashSet<long> _endedEarly = [];
    private long? _last;

    /// <summary>The offset that may be committed: everything that began before it has ended. Null before the first record.</summary>
    public long? Next => _unfinished.TryPeek(out var first) ? first : _last + 1;

    /// <summary>How many began and hold <see cref="Next"/> back: all from the first that has not ended.</summary>
    public int Held => _unfinished.Count;

    /// <summary>A record begins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not behind the one that began before.</exception>
    public void Begin(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(offset, _last ?? -1);
        _last = offset;
        _unfinished.Enqueue(offset);
    }

    /// <summary>A record has ended. Returns how many, from the first on, are no longer held.</summary>
    /// <exception cref="ArgumentException">No such record is unfinished.</exception>
    public int End(long offset)
    {
        if (!_unfinished.TryPeek(out var first) || offset < first || offset > _last)
            throw new ArgumentException($"The record at {offset} has not begun or has ended before.", nameof(offset));
        if (offset != first)
        {
            if (!_endedEarly.Add(offset))
                throw new ArgumentException($"The record at {offset} has ended before.", nameof(offset));
            return 0;
        }

        var released = 0;
        do
        {
            _unfinished.Dequeue();
            released++;
        }
        while (_unfinished.TryPeek(out first) && _endedEarly.Remove(first));
        return released;
    }
}
