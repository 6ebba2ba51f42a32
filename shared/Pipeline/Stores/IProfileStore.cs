namespace CustomEvents.Pipeline.Stores;

/// <summary>The persister's side of customers: what is known of them. It makes no customer and touches no identifier.</summary>
public interface IProfileStore
{
    /// <summary>The profiles of customers, as many as it takes to reach a size, and at least one where there is any: ask again for the others.</summary>
    /// <param name="customers">The customers.</param>
    /// <param name="maxBytes">Reading ends with the profile with which all that were read take this much.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InfrastructureException">The database is away.</exception>
    Task<ReadProfiles> ReadAsync(IReadOnlyCollection<CustomerKey> customers, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Writes profiles of different customers, each only over the revision that it was made from; moves the mark and the revision. One outcome each.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be written, and may still be.</exception>
    Task<IReadOnlyList<ProfileWriteOutcome>> WriteAsync(IReadOnlyList<ProfileWrite> writes, CancellationToken cancellationToken);
}
