namespace CustomEvents.Operator.Status;

/// <summary>How far behind a stage is.</summary>
/// <param name="Stage">The stage, and the name of its group.</param>
/// <param name="Topic">What it reads.</param>
/// <param name="Partitions">How many partitions the topic has.</param>
/// <param name="Members">How many instances read it; null where that could not be found out.</param>
/// <param name="LagRecords">How many records are not done.</param>
/// <param name="LagSeconds">How long ago the event of the oldest of them was received; 0 where none is left.</param>
/// <param name="Stuck">Partitions whose oldest record is old and was not done while this was watched.</param>
internal sealed record StageStatus(
    string Stage, string Topic, int Partitions, int? Members, long LagRecords, double LagSeconds, IReadOnlyList<StuckPartition> Stuck);
