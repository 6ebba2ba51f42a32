namespace CustomEvents.IngestApi.Bodies;

/// <summary>The memory that all bodies together may take (<c>Ingest__MaxBytesInFlight</c>). Thread-safe.</summary>
internal sealed class BytesInFlight(long limit)
{
    private long _used;

    /// <summary>How many bytes are taken.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>How many may be taken.</summary>
    public long Limit => limit;

    /// <summary>Takes bytes; false, and none taken, where that would be over the limit.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
            return true;
        Release(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
