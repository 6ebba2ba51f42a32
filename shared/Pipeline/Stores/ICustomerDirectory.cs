namespace CustomEvents.Pipeline.Stores;

/// <summary>The normalizer's side of customers: who is who. Identifiers are only ever added.</summary>
public interface ICustomerDirectory
{
    /// <summary>The customers that have any of the identifiers, each once, in no order.</summary>
    /// <exception cref="InfrastructureException">The database is away.</exception>
    Task<IReadOnlyList<IdentifiedCustomer>> FindAsync(IReadOnlyCollection<Identifier> identifiers, CancellationToken cancellationToken);

    /// <summary>
    /// Makes customers, <c>updatedAt</c> being <c>createdAt</c>. For each whether it was made as given: false where its id, e-mail address or phone number belongs to somebody
    /// already, and then nothing of it was written. What it returns is acknowledged by the majority.
    /// </summary>
    /// <exception cref="InfrastructureException">The database is away; some may have been made.</exception>
    Task<IReadOnlyList<bool>> CreateAsync(IReadOnlyList<IdentifiedCustomer> customers, CancellationToken cancellationToken);

    /// <summary>
    /// Puts identifiers on customers that exist, and touches nothing else (<c>updatedAt</c> is the persister's, which hears of it
    /// by <see cref="Events.NormalizedEvent.IdentifierAdded"/> and so moves it in the order of the log). For each whether it was put: false where the customer has one of that kind
    /// or is not there, or where the identifier belongs to somebody else.
    /// </summary>
    /// <exception cref="InfrastructureException">The database is away; some may have been put.</exception>
    Task<IReadOnlyList<bool>> LinkAsync(IReadOnlyList<IdentifierLink> links, CancellationToken cancellationToken);
}
