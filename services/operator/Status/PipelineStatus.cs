namespace CustomEvents.Operator.Status;

/// <summary>How the pipeline is. What could not be found out is absent, and a problem says why.</summary>
/// <param name="At">When it was looked at, UTC.</param>
/// <param name="Stages">Each stage, in the order of the data.</param>
/// <param name="Rejected">How many were rejected in the last hour, by code, in the order of the codes' names.</param>
/// <param name="Stores">The stores that most of what comes in now is of, the heaviest first.</param>
/// <param name="Problems">What is wrong and what to do about it; empty where nothing is.</param>
internal sealed record PipelineStatus(
    DateTime At, IReadOnlyList<StageStatus> Stages, IReadOnlyDictionary<string, long>? Rejected, IReadOnlyList<StoreLoad> Stores, IReadOnlyList<string> Problems)
{
    /// <summary>
    /// How long ago the oldest event that is accepted and not readable yet was received: what an event waits that is accepted now, if all goes on as it goes.
    /// Null where not every stage could be asked.
    /// </summary>
    public double? FreshnessSeconds
    {
        get
        {
            var onTheWay = Stages.Where(static one => one.Stage is StatusReader.Normalizer or StatusReader.Persister).ToList();
            return onTheWay.Count == 2 ? onTheWay.Max(static one => one.LagSeconds) : null;
        }
    }
}
