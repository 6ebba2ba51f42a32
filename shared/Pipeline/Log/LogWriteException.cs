namespace CustomEvents.Pipeline.Log;

/// <summary>The log did not take all records of an append.</summary>
public sealed class LogWriteException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="nothingWritten">True where it is certain that none of the records was written.</param>
    /// <param name="kind">What is to be done about it.</param>
    /// <param name="innerException">The client's own error.</param>
    public LogWriteException(string message, bool nothingWritten, LogWriteFailure kind, Exception? innerException = null)
        : base(message, innerException)
    {
        NothingWritten = nothingWritten;
        Kind = kind;
    }

    /// <summary>True where it is certain that none of the records was written; else some or all may be.</summary>
    public bool NothingWritten { get; }

    /// <summary>What is to be done about it.</summary>
    public LogWriteFailure Kind { get; }
}
