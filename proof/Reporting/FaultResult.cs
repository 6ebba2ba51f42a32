using CustomEvents.Proof.Auditing;

namespace CustomEvents.Proof.Reporting;

/// <summary>What became of one fault.</summary>
/// <param name="Name">The fault.</param>
/// <param name="What">What was done.</param>
/// <param name="NotRun">Why it was not run; null where it was.</param>
/// <param name="Findings">What the audit found; null where it was not run, or broke off before.</param>
/// <param name="Recoveries">How long each recovery took.</param>
/// <param name="Notes">What else was measured.</param>
/// <param name="Failures">What went wrong beside what the audit counts.</param>
/// <param name="Took">How long it took, start and audit included.</param>
internal sealed record FaultResult(
    string Name, string What, string? NotRun, Findings? Findings, IReadOnlyList<TimeSpan> Recoveries, IReadOnlyList<string> Notes, IReadOnlyList<string> Failures, TimeSpan Took)
{
    /// <summary><c>passed</c>, <c>failed</c> or <c>not run</c>.</summary>
    public string Status => NotRun is not null ? "not run" : Findings is { AreNone: true } && Failures.Count == 0 ? "passed" : "failed";

    /// <summary>One that was not run.</summary>
    public static FaultResult Left(string name, string what, string reason) => new(name, what, reason, null, [], [], [], TimeSpan.Zero);
}
