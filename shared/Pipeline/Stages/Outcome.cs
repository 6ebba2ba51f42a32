using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Stages;

/// <summary>What became of one record. Small: it stands in arrays as long as a batch, and larger ones are slow to collect.</summary>
public readonly record struct Outcome
{
    private readonly object? _detail;

    private Outcome(OutcomeKind kind, object? detail = null) => (Kind, _detail) = (kind, detail);

    /// <summary>It is stored.</summary>
    public static Outcome Done => new(OutcomeKind.Done);

    /// <summary>It is a duplicate.</summary>
    public static Outcome Duplicate => new(OutcomeKind.Duplicate);

    /// <summary>What.</summary>
    public OutcomeKind Kind { get; }

    /// <summary>The record for the next topic; with <see cref="OutcomeKind.Produced"/> alone.</summary>
    public OutgoingRecord Output => _detail is OutgoingRecord output ? output : default;

    /// <summary>Why; with <see cref="OutcomeKind.Rejected"/> alone.</summary>
    public StageRejection? Rejection => _detail as StageRejection;

    /// <summary>It goes on.</summary>
    public static Outcome Produced(OutgoingRecord output) => new(OutcomeKind.Produced, output);

    /// <summary>It is refused.</summary>
    public static Outcome Rejected(StageRejection rejection) => new(OutcomeKind.Rejected, rejection);
}
