namespace CustomEvents.Operator.Importing;

/// <summary>
/// Lines that go together, at a place that follows from the file alone: cut the same way in every run, so that its Idempotency-Key makes it the
/// same request.
/// </summary>
/// <param name="Index">Which one, from 0.</param>
/// <param name="Items">What is sent.</param>
/// <param name="Refused">What need not be sent to be refused.</param>
/// <param name="FileBytes">How many bytes of the file it takes, blank lines included.</param>
internal sealed record BulkBatch(int Index, IReadOnlyList<BulkItem> Items, IReadOnlyList<RefusedLine> Refused, long FileBytes)
{
    /// <summary>How many lines, without the blank ones.</summary>
    public int Lines => Items.Count + Refused.Count;
}
