namespace CustomEvents.Events;

/// <summary>The body of a bulk request, contract sections 1 and 2: <c>{"events": [ ... ]}</c> and nothing else.</summary>
public static class BulkEnvelope
{
    /// <summary>
    /// Finds each event's own bytes without looking into its rules. True where the envelope is right; what is wrong
    /// inside an event that is JSON by itself is that event's own matter.
    /// </summary>
    /// <param name="body">The body, with or without a byte order mark.</param>
    /// <param name="events">Takes each element's bytes, in order.</param>
    /// <param name="errors">Takes what is wrong with the envelope, pointers into the request.</param>
    public static bool TryRead(ReadOnlyMemory<byte> body, ICollection<ReadOnlyMemory<byte>> events, ICollection<EventError> errors) =>
        throw new NotImplementedException();
}
