using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Stages;

/// <summary>What became of one record.</summary>
/// <param name="Kind">What.</param>
/// <param name="Output">The record for the next topic; with <see cref="OutcomeKind.Produced"/> alone.</param>
/// <param name="Rejection">Why; with <see cref="OutcomeKind.Rejected"/> alone.</param>
public readonly record struct Outcome(OutcomeKind Kind, OutgoingRecord Output = default, StageRejection? Rejection = null)
{
    /// <summary>It is stored.</summary>
    public static Outcome Done => new(OutcomeKind.Done);

    /// <summary>It is a duplicate.</summary>
    public static Outcome Duplicate => new(OutcomeKind.Duplicate);

    /// <summary>It goes on.</summary>
    public static Outcome Produced(OutgoingRecord output) => new(OutcomeKind.Produced, output);

    /// <summary>It is refused.</summary>
    public static Outcome Rejected(StageRejection rejection) => new(OutcomeKind.Rejected, default, rejection);
}
