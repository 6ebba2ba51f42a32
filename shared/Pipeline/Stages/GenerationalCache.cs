using System.Diagnostics.CodeAnalysis;

namespace CustomEvents.Pipeline.Stages;

/// <summary>
/// A bounded cache of two generations: when the newer is half of the capacity, the older goes and the newer takes its place; what is used moves
/// into the newer. Nearly as good as least-recently-used, without a list to keep. Not thread-safe.
/// </summary>
internal sealed class GenerationalCache<TKey, TValue>(long capacity)
    where TKey : notnull
{
    private Dictionary<TKey, (TValue Value, long Weight)> _older = [];
    private Dictionary<TKey, (TValue Value, long Weight)> _newer = [];
    private long _newerWeight;

    /// <summary>Finds an entry, and keeps it.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_newer.TryGetValue(key, out var entry))
        {
            value = entry.Value;
            return true;
        }

        if (_older.Remove(key, out entry))
        {
            Set(key, entry.Value, entry.Weight);
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Adds or replaces an entry.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="weight">How much of the capacity it takes.</param>
    public void Set(TKey key, TValue value, long weight = 1)
    {
        Remove(key);
        if (_newer.Count > 0 && _newerWeight + weight > capacity / 2)
        {
            (_older, _newer) = (_newer, []);
            _newerWeight = 0;
        }

        _newer[key] = (value, weight);
        _newerWeight += weight;
    }

    /// <summary>Forgets an entry.</summary>
    public void Remove(TKey key) => TryTake(key, out _);

    /// <summary>Finds an entry, and forgets it.</summary>
    public bool TryTake(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isNewer = _newer.Remove(key, out var entry);
        if (isNewer)
            _newerWeight -= entry.Weight;
        var isFound = isNewer || _older.Remove(key, out entry);
        value = entry.Value;
        return isFound;
    }
}
