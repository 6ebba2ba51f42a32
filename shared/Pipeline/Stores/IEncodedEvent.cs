namespace CustomEvents.Pipeline.Stores;

/// <summary>An event and its segment entries in the form in which a store writes them; valid until its <see cref="IEventEncoder"/> is disposed.</summary>
public interface IEncodedEvent
{
    /// <summary>The event's id.</summary>
    Guid EventId { get; }

    /// <summary>Its store.</summary>
    string StoreId { get; }
}
