namespace CustomEvents.Pipeline.Log;

/// <summary>The names of the three topics (contract section 10).</summary>
public sealed class TopicNames
{
    /// <summary>Events as producers sent them.</summary>
    public string Raw { get; set; } = "events.raw";

    /// <summary>Events resolved and typed.</summary>
    public string Normalized { get; set; } = "events.normalized";

    /// <summary>What was refused, with the original bytes.</summary>
    public string Rejected { get; set; } = "events.rejected";
}
