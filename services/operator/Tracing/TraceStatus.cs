namespace CustomEvents.Operator.Tracing;

/// <summary>Where an event is.</summary>
internal enum TraceStatus
{
    /// <summary>Nowhere that was looked at.</summary>
    NotSeen,

    /// <summary>In the raw topic, and no further yet.</summary>
    InLog,

    /// <summary>In the normalized topic, and no further yet.</summary>
    Normalized,

    /// <summary>Stored.</summary>
    Stored,

    /// <summary>Another event has its <c>uniqueId</c>.</summary>
    Duplicate,

    /// <summary>Refused.</summary>
    Rejected,
}
