using System.Globalization;

namespace CustomEvents.Operator.Importing;

/// <summary>How far an import is, for whoever watches it.</summary>
/// <param name="time">The clock.</param>
internal sealed class ImportFigures(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Queue<(long At, long Bytes, long Events)> _samples = [];
    private long _events;

    /// <summary>Where requests wait; null before the first.</summary>
    public SendGate? Gate { get; set; }

    /// <summary>How large the file is.</summary>
    public long TotalBytes { get; set; }

    /// <summary>How much of it is settled, in this run or an earlier one.</summary>
    public long Bytes { get; private set; }

    /// <summary>Events that were accepted, in this run or an earlier one.</summary>
    public long Accepted { get; private set; }

    /// <summary>Lines that were refused, in this run or an earlier one.</summary>
    public long Rejected { get; private set; }

    /// <summary>Whether an earlier run came to the end, so that this one had nothing to do.</summary>
    public bool WasDoneBefore { get; set; }

    /// <summary>Takes what earlier runs did.</summary>
    public void AddBefore(long accepted, long rejected)
    {
        lock (_lock)
            (Accepted, Rejected) = (Accepted + accepted, Rejected + rejected);
    }

    /// <summary>Takes a batch that an earlier run settled.</summary>
    public void Pass(BulkBatch batch)
    {
        lock (_lock)
            Bytes += batch.FileBytes;
    }

    /// <summary>Takes a batch that is settled now.</summary>
    public void Add(BatchOutcome outcome)
    {
        lock (_lock)
        {
            if (_samples.Count == 0)
                _samples.Enqueue((time.GetTimestamp(), Bytes, 0));
            Bytes += outcome.Batch.FileBytes;
            Accepted += outcome.Accepted;
            Rejected += outcome.Refused.Count;
            _events += outcome.Batch.Lines;
        }
    }

    /// <summary>For people: whether it waits, how long still, how fast over the last seconds, and how many. What matters most comes first, as a terminal may cut the end.</summary>
    public string Tell()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _samples.Enqueue((now, Bytes, _events));
            while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().At, now) > Window)
                _samples.Dequeue();
            var (at, bytes, events) = _samples.Peek();
            var seconds = time.GetElapsedTime(at, now).TotalSeconds;
            var rate = seconds > 0 ? (_events - events) / seconds : 0;
            var left = Bytes > bytes ? TimeSpan.FromSeconds(Math.Min((TotalBytes - Bytes) * seconds / (Bytes - bytes), 359_999)) : (TimeSpan?)null;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Gate?.Waiting}{(left is { } span ? $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}" : "?")} left, {rate:N0} events/s, {Accepted:N0} accepted, {Rejected:N0} refused");
        }
    }
}
