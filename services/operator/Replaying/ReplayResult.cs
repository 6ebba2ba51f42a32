namespace CustomEvents.Operator.Replaying;

/// <summary>What a replay did, or would do.</summary>
/// <param name="Replayed">The rejections that were sent again.</param>
/// <param name="Skipped">Those that were not, and why.</param>
/// <param name="Failure">What ended it early; null where nothing did.</param>
internal sealed record ReplayResult(IReadOnlyList<string> Replayed, IReadOnlyList<(string Id, string Reason)> Skipped, string? Failure);
