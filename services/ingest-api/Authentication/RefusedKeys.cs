namespace CustomEvents.IngestApi.Authentication;

/// <summary>
/// Keys that were found not to exist, for a moment, so that a client that repeats a wrong key does not ask the store each time. Two
/// generations, each bounded: a flood of random keys fills one and no more, and what does not fit is merely asked again.
/// </summary>
internal sealed class RefusedKeys(TimeProvider time, TimeSpan freshFor)
{
    private const int Bound = 8_192;

    private readonly Lock _lock = new();
    private HashSet<KeyHash> _current = [];
    private HashSet<KeyHash> _previous = [];
    private long _since = time.GetTimestamp();

    /// <summary>How many it remembers.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _current.Count + _previous.Count;
        }
    }

    /// <summary>Whether the key was refused at most the time ago that was given.</summary>
    public bool Contains(KeyHash hash)
    {
        lock (_lock)
        {
            Turn();
            return _current.Contains(hash) || _previous.Contains(hash);
        }
    }

    /// <summary>Remembers a key that was refused.</summary>
    public void Add(KeyHash hash)
    {
        lock (_lock)
        {
            Turn();
            if (_current.Count < Bound)
                _current.Add(hash);
        }
    }

    /// <summary>A generation takes new keys for half the time and is kept for the other half.</summary>
    private void Turn()
    {
        var age = time.GetElapsedTime(_since);
        if (age < freshFor / 2)
            return;
        (_previous, _current) = (_current, _previous);
        _current.Clear();
        if (age >= freshFor)
            _previous.Clear();
        _since = time.GetTimestamp();
    }
}
