using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>Makes the events of a batch ready for their store, where it wants so in memory that they share. Disposing gives it back. Not thread-safe.</summary>
public interface IEventEncoder : IDisposable
{
    /// <summary>Encodes and measures an event; writes nothing.</summary>
    /// <exception cref="RecordFaultException">The event cannot be stored, for its size.</exception>
    IEncodedEvent Encode(NormalizedEvent normalized);
}
