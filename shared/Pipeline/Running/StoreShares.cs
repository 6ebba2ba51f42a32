using System.Diagnostics.Metrics;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Running;

/// <summary>
/// Which stores most of the records of the last minute or so are of. Stores are without number, and a label for each would be too: only one with a tenth
/// or more is told, so that there are never more than ten. Counted by the space-saving rule: what is heavy is never missed, what is light is forgotten.
/// </summary>
internal sealed class StoreShares(TimeProvider time)
{
    private const int Capacity = 64;
    private const int MaxStoreId = 64;
    private const int SampledOfBatch = 16;
    private const double LeastShare = 0.1;
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, double> _counts = new(Capacity, StringComparer.Ordinal);
    private double _total;
    private long _agedAt = time.GetTimestamp();

    /// <summary>Counts the records of a batch; of a large one some, spread over it.</summary>
    public void Count(LogRecord[] records)
    {
        var step = Math.Max(1, records.Length / SampledOfBatch);
        Span<char> storeId = stackalloc char[MaxStoreId];
        lock (_gate)
        {
            Age();
            var stores = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
            for (var i = 0; i < records.Length; i += step)
            {
                if (records[i].Key is not { } key || !Events.StoreId.IsValid(key.Span))
                    continue;
                for (var c = 0; c < key.Length; c++)
                    storeId[c] = (char)key.Span[c];
                var id = storeId[..key.Length];
                if (stores.TryGetValue(id, out var count))
                    stores[id] = count + step;
                else
                    stores[id] = step + MakeRoom();
                _total += step;
            }
        }
    }

    /// <summary>The stores with a tenth of the records or more, each with its share from 0 to 1.</summary>
    public IReadOnlyList<Measurement<double>> Measure(string stage)
    {
        lock (_gate)
        {
            Age();
            return
            [
                .. _counts.Where(pair => pair.Value >= LeastShare * _total)
                    .Select(pair => new Measurement<double>(Math.Min(1, pair.Value / _total), new("custom_events.stage", stage), new("custom_events.store", pair.Key))),
            ];
        }
    }

    /// <summary>What is long ago counts less and less, and then nothing.</summary>
    private void Age()
    {
        var halves = (int)(time.GetElapsedTime(_agedAt) / HalfLife);
        if (halves == 0)
            return;
        _agedAt = time.GetTimestamp();
        var factor = Math.Pow(0.5, halves);
        _total *= factor;
        foreach (var (store, count) in _counts)
        {
            if (count * factor < 0.5)
                _counts.Remove(store);
            else
                _counts[store] = count * factor;
        }
    }

    /// <summary>Forgets the lightest where there is no room; the one that takes its place inherits its count.</summary>
    private double MakeRoom()
    {
        if (_counts.Count < Capacity)
            return 0;
        var lightest = _counts.MinBy(static pair => pair.Value);
        _counts.Remove(lightest.Key);
        return lightest.Value;
    }
}
