using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>Encodes the events of a batch, into memory that they share. Disposing gives it back. Not thread-safe.</summary>
public interface IEventEncoder : IDisposable
{
    /// <summary>Encodes and measures an event; writes nothing.</summary>
    /// <exception cref="RecordFaultException">The event cannot be stored, for its size.</exception>
    IEncodedEvent Encode(NormalizedEvent normalized);
}
