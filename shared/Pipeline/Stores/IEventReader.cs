namespace CustomEvents.Pipeline.Stores;

/// <summary>Reads stored events.</summary>
public interface IEventReader
{
    /// <summary>A store's event by its id; null where there is none.</summary>
    Task<StoredEvent?> FindByEventIdAsync(string storeId, Guid eventId, CancellationToken cancellationToken);

    /// <summary>A store's event by its <c>uniqueId</c>; null where there is none.</summary>
    Task<StoredEvent?> FindByUniqueIdAsync(string storeId, string uniqueId, CancellationToken cancellationToken);
}
