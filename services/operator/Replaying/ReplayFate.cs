namespace CustomEvents.Operator.Replaying;

/// <summary>What became of an event that was sent again.</summary>
internal enum ReplayFate
{
    /// <summary>Neither stored nor refused yet.</summary>
    Unknown,

    /// <summary>Stored.</summary>
    Stored,

    /// <summary>Dropped: its <c>uniqueId</c> or its event-id was used before.</summary>
    Duplicate,

    /// <summary>Refused again.</summary>
    RejectedAgain,
}
