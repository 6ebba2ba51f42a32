namespace CustomEvents.Operator.Status;

/// <summary>What was rejected in the last hour.</summary>
/// <param name="ByCode">How many, by code.</param>
/// <param name="IsPartial">Whether there were more than were counted.</param>
internal sealed record RejectionCounts(IReadOnlyDictionary<string, int> ByCode, bool IsPartial);
