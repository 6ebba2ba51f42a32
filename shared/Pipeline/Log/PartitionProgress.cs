namespace CustomEvents.Pipeline.Log;

/// <summary>How far a group is in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The offset of the next record to do; null where nothing was committed.</param>
/// <param name="Start">The oldest offset kept.</param>
/// <param name="End">The offset behind the last record.</param>
/// <param name="OldestUnfinished">Since when the record at <paramref name="Committed"/> waits, UTC (<see cref="LogRecord.WaitingSince"/>); null where nothing is left.</param>
public readonly record struct PartitionProgress(int Partition, long? Committed, long Start, long End, DateTime? OldestUnfinished)
{
    /// <summary>How many records are left.</summary>
    public long Lag => Math.Max(0, End - Math.Max(Committed ?? Start, Start));
}
