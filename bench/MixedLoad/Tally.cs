using System.Collections.Concurrent;

namespace CustomEvents.Bench.MixedLoad;

/// <summary>What one kind of client was answered, and what of it the contract does not name.</summary>
internal sealed class Tally(string name, params int[] allowed)
{
    private readonly ConcurrentDictionary<string, int> _seen = new();
    private int _faults;

    public int Faults => _faults;

    /// <summary>An answer's status.</summary>
    public void Answered(int status)
    {
        _seen.AddOrUpdate(status.ToString(System.Globalization.CultureInfo.InvariantCulture), 1, static (_, count) => count + 1);
        if (!allowed.Contains(status))
            Interlocked.Increment(ref _faults);
    }

    /// <summary>No answer, where one was due.</summary>
    public void Failed(Exception failure)
    {
        _seen.AddOrUpdate(failure.GetBaseException().GetType().Name, 1, static (_, count) => count + 1);
        Interlocked.Increment(ref _faults);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{name,-16} {string.Join("  ", _seen.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}: {one.Value}"))}{(_faults > 0 ? $"   NOT IN THE CONTRACT: {_faults}" : "")}";
}
