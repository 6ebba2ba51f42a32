namespace CustomEvents.Events;

/// <summary>
/// Reads and checks one event: the only place of the rules of contract sections 5, 6, 7 and 12. The API calls it to
/// answer, the normalizer to process. Pure; an instance keeps its scratch memory and serves one caller at a time.
/// </summary>
public sealed class EventParser
{
    /// <summary>
    /// The event, or null where something is wrong with it. Never throws for any bytes.
    /// </summary>
    /// <param name="json">The event's bytes, with or without a byte order mark. They must stay as they are while the event is used.</param>
    /// <param name="errors">Takes everything that is wrong, at most <see cref="Limits.MaxErrors"/>, pointers relative to the event.</param>
    public CustomEvent? Parse(ReadOnlyMemory<byte> json, ICollection<EventError> errors) => throw new NotImplementedException();
}
