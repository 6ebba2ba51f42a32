namespace CustomEvents.Operator.Importing;

/// <summary>What became of a batch.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Accepted">How many of its events the API has accepted.</param>
/// <param name="Refused">Its lines that were refused.</param>
/// <param name="Stop">Why the import cannot go on, in which case the rest of the batch is not settled; null where it can.</param>
internal sealed record BatchOutcome(BulkBatch Batch, int Accepted, IReadOnlyList<RefusedLine> Refused, string? Stop);
