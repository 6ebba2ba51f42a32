namespace CustomEvents.Pipeline.Stores;

/// <summary>Reads and erases customers.</summary>
public interface ICustomerReader
{
    /// <summary>The customer that an identifier names; null where there is none.</summary>
    Task<CustomerDocument?> FindAsync(Identifier identifier, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a customer with its events and their segment entries; the claims stay, so that no event comes back by being sent again.
    /// How many events went. Safe to repeat.
    /// </summary>
    Task<long> EraseAsync(CustomerKey customer, CancellationToken cancellationToken);
}
