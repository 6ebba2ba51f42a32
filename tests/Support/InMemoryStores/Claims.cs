using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

public sealed partial class InMemoryStores : IClaimStore
{
    private readonly Dictionary<(string StoreId, string UniqueId), Guid> _claims = [];

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

    Task<Guid?> IClaimStore.FindAsync(string storeId, string uniqueId, CancellationToken cancellationToken) =>
        RunAsync<Guid?>("FindClaimAsync", () => _claims.TryGetValue((storeId, uniqueId), out var id) ? id : null, cancellationToken);
}
