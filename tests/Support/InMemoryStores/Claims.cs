using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

public sealed partial class InMemoryStores : IClaimStore
{
    private readonly Dictionary<(string StoreId, string UniqueId), Guid> _claims = [];

    private readonly Dictionary<Guid, IdClaim> _usedIds = [];

    /// <summary>All claims.</summary>
    public IReadOnlyDictionary<(string StoreId, string UniqueId), Guid> AllClaims => _claims;

    public Task<IReadOnlyList<Guid>> ClaimAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<Guid>>(
            nameof(ClaimAsync),
            () =>
            {
                foreach (var claim in claims)
                    _claims.TryAdd((claim.StoreId, claim.UniqueId), claim.EventId);
                return [.. claims.Select(claim => _claims[(claim.StoreId, claim.UniqueId)])];
            },
            cancellationToken);

    public Task<IReadOnlyList<IdClaim>> ClaimIdsAsync(IReadOnlyList<IdClaim> claims, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<IdClaim>>(
            nameof(ClaimIdsAsync),
            () =>
            {
                foreach (var claim in claims)
                    _usedIds.TryAdd(claim.EventId, claim);
                return [.. claims.Select(claim => _usedIds[claim.EventId])];
            },
            cancellationToken);

    Task<Guid?> IClaimStore.FindAsync(string storeId, string uniqueId, CancellationToken cancellationToken) =>
        RunAsync<Guid?>("FindClaimAsync", () => _claims.TryGetValue((storeId, uniqueId), out var id) ? id : null, cancellationToken);
}
