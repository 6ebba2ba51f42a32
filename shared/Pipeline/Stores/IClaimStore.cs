namespace CustomEvents.Pipeline.Stores;

/// <summary>Which event has which <c>uniqueId</c>, and which record uses which <c>event-id</c>: decided once, for ever.</summary>
public interface IClaimStore
{
    /// <summary>
    /// Claims a batch, in which each (store, uniqueId) stands once. For each claim the event that has it now: its own, or the one that came first.
    /// What it returns is durable.
    /// </summary>
    /// <exception cref="InfrastructureException">The database is away; some claims may have been made.</exception>
    Task<IReadOnlyList<Guid>> ClaimAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken);

    /// <summary>
    /// Claims event-ids, each of which stands once in the batch, over all stores. For each the claim that holds it now: its own, or the one that came first.
    /// What it returns is durable.
    /// </summary>
    /// <exception cref="InfrastructureException">The database is away; some claims may have been made.</exception>
    Task<IReadOnlyList<IdClaim>> ClaimIdsAsync(IReadOnlyList<IdClaim> claims, CancellationToken cancellationToken);

    /// <summary>The event that has a <c>uniqueId</c>; null where none has.</summary>
    Task<Guid?> FindAsync(string storeId, string uniqueId, CancellationToken cancellationToken);
}
