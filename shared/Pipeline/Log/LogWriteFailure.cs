namespace CustomEvents.Pipeline.Log;

/// <summary>What kind of failure an append met.</summary>
public enum LogWriteFailure
{
    /// <summary>The log is away, slow or full: try again later.</summary>
    Unavailable,

    /// <summary>The log will never take one of the records, for example because it is too large.</summary>
    RecordRefused,

    /// <summary>The client is broken and was replaced: what was not acknowledged has to be processed again from the first such record.</summary>
    Fatal,
}
