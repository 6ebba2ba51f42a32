using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

public sealed partial class InMemoryStores : ICatalogStore, IRejectionStore
{
    private readonly SortedDictionary<(string StoreId, string EventName), CatalogEvent> _catalog = [];
    private readonly Dictionary<string, Rejection> _rejections = [];

    Task ICatalogStore.AddAsync(IReadOnlyList<CatalogEntry> entries, CancellationToken cancellationToken) =>
        RunAsync(
            "AddToCatalogAsync",
            () =>
            {
                foreach (var entry in entries)
                    Add(entry);
                return true;
            },
            cancellationToken);

    Task<IReadOnlyList<CatalogEvent>> ICatalogStore.ListAsync(string storeId, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<CatalogEvent>>(
            "ListCatalogAsync", () => [.. _catalog.Values.Where(known => known.StoreId == storeId)], cancellationToken);

    Task IRejectionStore.AddAsync(IReadOnlyList<Rejection> rejections, CancellationToken cancellationToken) =>
        RunAsync(
            "AddRejectionsAsync",
            () =>
            {
                foreach (var rejection in rejections)
                    _rejections[rejection.Id] = rejection;
                return true;
            },
            cancellationToken);

    async IAsyncEnumerable<Rejection> IRejectionStore.ListAsync(
        RejectionFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await RunAsync(
            "ListRejectionsAsync",
            () => _rejections.Values
                .Where(rejection => (filter.StoreId is null || rejection.StoreId == filter.StoreId)
                    && (filter.Code is null || rejection.Code == filter.Code)
                    && (filter.Since is null || rejection.RejectedAt >= filter.Since)
                    && (filter.EventId is null || rejection.EventId == filter.EventId))
                .OrderByDescending(rejection => rejection.RejectedAt).ToList(),
            cancellationToken);
        foreach (var rejection in found)
            yield return rejection with { Payload = default };
    }

    Task<Rejection?> IRejectionStore.FindAsync(string id, CancellationToken cancellationToken) =>
        RunAsync("FindRejectionAsync", () => _rejections.GetValueOrDefault(id), cancellationToken);

    Task<IReadOnlyDictionary<ErrorCode, long>> IRejectionStore.CountAsync(DateTime since, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyDictionary<ErrorCode, long>>(
            "CountRejectionsAsync",
            () => _rejections.Values.Where(rejection => rejection.RejectedAt >= since)
                .GroupBy(rejection => rejection.Code).ToDictionary(group => group.Key, group => group.LongCount()),
            cancellationToken);

    Task<IReadOnlyList<Rejection>> IRejectionStore.LookUpAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<Rejection>>(
            "LookUpRejectionsAsync",
            () => [.. ids.Distinct().Where(_rejections.ContainsKey).Select(id => _rejections[id] with { Payload = default })],
            cancellationToken);

    public Task MarkReplayedAsync(string id, DateTime rejectedAt, DateTime replayedAt, CancellationToken cancellationToken) =>
        RunAsync(
            nameof(MarkReplayedAsync),
            () =>
            {
                if (_rejections.TryGetValue(id, out var rejection) && rejection.RejectedAt == rejectedAt)
                    _rejections[id] = rejection with { ReplayedAt = replayedAt };
                return true;
            },
            cancellationToken);

    private void Add(CatalogEntry entry)
    {
        if (!_catalog.TryGetValue((entry.StoreId, entry.EventName), out var known))
            known = new CatalogEvent(entry.StoreId, entry.EventName, entry.FirstSeenAt, []);
        if (entry is { Key: { } key, Type: { } type })
        {
            var properties = known.Properties.ToList();
            var index = properties.FindIndex(property => property.Key == key);
            if (index >= 0 && !properties[index].Types.Contains(type))
                properties[index] = (key, [.. properties[index].Types, type]);
            else if (index < 0 && properties.Count < Limits.MaxCatalogProperties)
                properties.Add((key, [type]));
            known = known with { Properties = properties };
        }

        _catalog[(entry.StoreId, entry.EventName)] = known;
    }
}
