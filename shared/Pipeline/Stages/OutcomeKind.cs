namespace CustomEvents.Pipeline.Stages;

/// <summary>What became of a record.</summary>
public enum OutcomeKind
{
    /// <summary>It is stored, or was before (a redelivery).</summary>
    Done,

    /// <summary>It goes on to the next topic.</summary>
    Produced,

    /// <summary>It is a duplicate and ends here without effect.</summary>
    Duplicate,

    /// <summary>It is refused and goes to the topic of rejections.</summary>
    Rejected,
}
