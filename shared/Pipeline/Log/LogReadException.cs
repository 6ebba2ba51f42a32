namespace CustomEvents.Pipeline.Log;

/// <summary>The log cannot be read now.</summary>
public sealed class LogReadException(string message, bool isFatal = false, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>True where the reader is broken for good and has to be opened anew.</summary>
    public bool IsFatal { get; } = isFatal;
}
