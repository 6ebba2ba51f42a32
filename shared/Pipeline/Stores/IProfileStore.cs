namespace CustomEvents.Pipeline.Stores;

/// <summary>The persister's side of customers: what is known of them. It makes no customer and touches no identifier.</summary>
public interface IProfileStore
{
    /// <summary>The profiles of customers, in their order; null where there is no such customer.</summary>
    /// <exception cref="InfrastructureException">The database is away.</exception>
    Task<IReadOnlyList<StoredProfile?>> ReadAsync(IReadOnlyList<CustomerKey> customers, CancellationToken cancellationToken);

    /// <summary>Writes profiles of different customers, each only over the revision that it was made from; moves the mark and the revision. One outcome each.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be written, and may still be.</exception>
    Task<IReadOnlyList<ProfileWriteOutcome>> WriteAsync(IReadOnlyList<ProfileWrite> writes, CancellationToken cancellationToken);
}
