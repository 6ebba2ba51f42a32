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
        HashSet<string>? unknown = null;
        foreach (var storeId in storeIds)
        {
            if (_known.ContainsKey(storeId) || unknown?.Contains(storeId) == true)
                continue;
            if (await tenants.StoreExistsAsync(storeId, cancellationToken))
            {
                if (_known.Count >= Capacity)
                    _known.Clear();
                _known[storeId] = true;
            }
            else
            {
                (unknown ??= new HashSet<string>(StringComparer.Ordinal)).Add(storeId);
            }
        }

        return unknown ?? (IReadOnlySet<string>)System.Collections.Immutable.ImmutableHashSet<string>.Empty;
    }
}
