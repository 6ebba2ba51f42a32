namespace CustomEvents.Pipeline;

/// <summary>
/// The trouble is the infrastructure's and not a record's: a server is away or slow, a time limit ran out, permission is
/// missing, a disk is full. Adapters throw it for all of these; the stage runner retries the batch for as long as it takes.
/// </summary>
public sealed class InfrastructureException(string message, Exception? innerException = null) : Exception(message, innerException);
