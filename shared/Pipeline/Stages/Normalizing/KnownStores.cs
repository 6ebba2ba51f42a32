using System.Collections.Concurrent;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>Which stores exist. Stores are never removed, so one that was found stays found; one that was not is looked up afresh each time.</summary>
internal sealed class KnownStores(ITenantStore tenants)
{
    private const int Capacity = 1_000_000;
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Those of the given stores that do not exist.</summary>
    public async Task<IReadOnlySet<string>> FindUnknownAsync(IEnumerable<string> storeIds, CancellationToken cancellationToken)
    {
        HashSet<string>? asked = null;
        foreach (var storeId in storeIds)
        {
            if (!_known.ContainsKey(storeId))
                (asked ??= new HashSet<string>(StringComparer.Ordinal)).Add(storeId);
        }

        if (asked is null)
            return System.Collections.Immutable.ImmutableHashSet<string>.Empty;
        foreach (var storeId in await tenants.FindStoresAsync(asked, cancellationToken))
        {
            if (_known.Count >= Capacity)
                _known.Clear();
            _known[storeId] = true;
            asked.Remove(storeId);
        }

        return asked;
    }
}
