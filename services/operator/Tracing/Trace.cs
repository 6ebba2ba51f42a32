using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Tracing;

/// <summary>What is known of where an event is.</summary>
/// <param name="Status">Where it is.</param>
/// <param name="EventId">Its id; null where it is not known.</param>
internal sealed record Trace(TraceStatus Status, Guid? EventId)
{
    /// <summary>It as it is stored.</summary>
    public StoredEvent? Stored { get; init; }

    /// <summary>The event that has its <c>uniqueId</c>.</summary>
    public Guid? DuplicateOf { get; init; }

    /// <summary>Why it was refused; beside <see cref="Stored"/>, why another record of its event-id was.</summary>
    public Rejection? Rejection { get; init; }

    /// <summary>Its record in the log.</summary>
    public LogRecord? Record { get; init; }

    /// <summary>How far the log was looked through.</summary>
    public IReadOnlyList<Searched> Searched { get; init; } = [];
}
