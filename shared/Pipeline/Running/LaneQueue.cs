using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Running;

/// <summary>
/// The records of a lane that wait, and how they become batches: by count or bytes while the batch before is in work; as soon as it is done, what is there.
/// So a quiet topic is not delayed and a busy one has full batches.
/// </summary>
internal sealed class LaneQueue(StageOptions options, int maxRecords, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<LogRecord> _records = new();
    private TaskCompletionSource? _waiter;
    private long _bytes;
    private long _oldestSince;
    private bool _oldestCameWhileIdle;
    private bool _idle;
    private volatile bool _closed;

    /// <summary>Whether there are no more batches.</summary>
    public bool IsClosed => _closed;

    /// <summary>Whether a full batch waits.</summary>
    public bool HasFullBatch
    {
        get
        {
            lock (_gate)
                return IsFull;
        }
    }

    private bool IsFull => _records.Count >= maxRecords || _bytes >= options.MaxBatchBytes;

    /// <summary>Adds a record.</summary>
    public void Add(LogRecord record)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (_records.Count == 0)
            {
                _oldestSince = time.GetTimestamp();
                _oldestCameWhileIdle = _idle;
            }

            _records.Enqueue(record);
            _bytes += record.Size;
            if (IsFull || (_idle && _records.Count == 1))
                Wake();
        }
    }

    /// <summary>Tells whether the lane has nothing to do and would take a batch that is not full.</summary>
    public void SetIdle(bool idle)
    {
        lock (_gate)
        {
            _idle = idle;
            if (idle && _records.Count > 0)
                Wake();
        }
    }

    /// <summary>Forgets what waits; there are no more batches.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _records.Clear();
            Wake();
        }
    }

    /// <summary>Ends when there is a batch to take, or there are no more.</summary>
    public async Task WaitAsync()
    {
        while (true)
        {
            Task woken;
            TimeSpan? linger = null;
            lock (_gate)
            {
                if (_closed || IsFull)
                    return;
                if (_records.Count > 0 && _idle)
                {
                    var age = time.GetElapsedTime(_oldestSince);
                    if (_oldestCameWhileIdle || age >= options.MaxBatchAge)
                        return;
                    linger = options.MaxBatchAge - age;
                }

                _waiter ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                woken = _waiter.Task;
            }

            await (linger is null ? woken : Task.WhenAny(woken, Task.Delay(linger.Value, time)));
        }
    }

    /// <summary>The next batch: what is there, up to the limits. Null where nothing is.</summary>
    public LogRecord[]? Take()
    {
        lock (_gate)
            return _records.Count == 0 ? null : TakeSome();
    }

    private LogRecord[] TakeSome()
    {
        var count = 0;
        var bytes = 0L;
        foreach (var record in _records)
        {
            if (count == maxRecords || (count > 0 && bytes + record.Size > options.MaxBatchBytes))
                break;
            count++;
            bytes += record.Size;
        }

        var batch = new LogRecord[count];
        for (var i = 0; i < count; i++)
            batch[i] = _records.Dequeue();
        _bytes -= bytes;
        _idle = false;
        return batch;
    }

    private void Wake()
    {
        _waiter?.TrySetResult();
        _waiter = null;
    }
}
