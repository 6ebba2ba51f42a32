using CustomEvents.Events;

namespace CustomEvents.Pipeline;

/// <summary>
/// A store refuses what one record asks of it, and always will (too large to store, for example): the closed list of design errors for
/// which a record that fails alone becomes a rejection.
/// </summary>
public sealed class RecordFaultException(ErrorCode code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The code of the rejection.</summary>
    public ErrorCode Code { get; } = code;
}
