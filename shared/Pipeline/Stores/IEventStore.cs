namespace CustomEvents.Pipeline.Stores;

/// <summary>Events and the index of their segmentable keys. An event exists from the moment <see cref="InsertAsync"/> stored it.</summary>
public interface IEventStore
{
    /// <summary>Which of the ids are stored, and by which store.</summary>
    /// <exception cref="InfrastructureException">The database is away.</exception>
    Task<IReadOnlyDictionary<Guid, string>> FindOwnersAsync(IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken);

    /// <summary>An encoder for a batch.</summary>
    IEventEncoder NewEncoder();

    /// <summary>Writes the segment entries of events that this store's encoders made. Writing them again changes nothing.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be written.</exception>
    Task IndexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken);

    /// <summary>Stores events; one outcome each. In a batch of two of one id or one <c>uniqueId</c>, which of them is stored is not said: give the first alone.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be stored.</exception>
    Task<IReadOnlyList<InsertOutcome>> InsertAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken);

    /// <summary>Removes the segment entries of these events of their stores, and no others.</summary>
    /// <exception cref="InfrastructureException">The database is away; some may be removed.</exception>
    Task UnindexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken);
}
