namespace CustomEvents.Pipeline.Stores;

/// <summary>An event and its segment entries in the form in which a store writes them. Disposing gives its memory back.</summary>
public interface IEncodedEvent : IDisposable
{
    /// <summary>The event's id.</summary>
    Guid EventId { get; }

    /// <summary>Its store.</summary>
    string StoreId { get; }
}
