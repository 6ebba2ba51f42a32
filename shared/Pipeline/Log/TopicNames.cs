namespace CustomEvents.Pipeline.Log;

/// <summary>The names of the three topics (contract section 10).</summary>
public sealed class TopicNames
{
    /// <summary>The default of <see cref="Raw"/>.</summary>
    public const string DefaultRaw = "events.raw";

    /// <summary>The default of <see cref="Normalized"/>.</summary>
    public const string DefaultNormalized = "events.normalized";

    /// <summary>The default of <see cref="Rejected"/>.</summary>
    public const string DefaultRejected = "events.rejected";

    /// <summary>Events as producers sent them.</summary>
    public string Raw { get; set; } = DefaultRaw;

    /// <summary>Events resolved and typed.</summary>
    public string Normalized { get; set; } = DefaultNormalized;

    /// <summary>What was refused, with the original bytes.</summary>
    public string Rejected { get; set; } = DefaultRejected;

    /// <summary>
    /// The group in which the instances of a stage share a topic: the stage's name, and where the topic has another name than by default, that too. So two
    /// pipelines on one cluster have groups of their own.
    /// </summary>
    public static string Group(string stage, string topic) => topic is DefaultRaw or DefaultNormalized or DefaultRejected ? stage : $"{stage}.{topic}";

    /// <summary>What the log is, as telemetry names it (<c>messaging.system</c>): <c>kafka</c>, or <c>sqlite</c> in the embedded pipeline.</summary>
    public string System { get; set; } = "memory";
}
