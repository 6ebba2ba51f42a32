namespace CustomEvents.IngestApi.Bodies;

/// <summary>What came of reading or unpacking a body.</summary>
internal enum BodyOutcome
{
    /// <summary>It is there, whole.</summary>
    Complete,

    /// <summary>It is larger than the limit.</summary>
    TooLarge,

    /// <summary>It did not arrive in time.</summary>
    TooSlow,

    /// <summary>The memory for bodies is taken by others.</summary>
    NoMemory,

    /// <summary>It is not what its coding says.</summary>
    BrokenCoding,
}
