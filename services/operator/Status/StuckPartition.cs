namespace CustomEvents.Operator.Status;

/// <summary>A partition that does not get on.</summary>
/// <param name="Partition">Which.</param>
/// <param name="Offset">The offset at which it stands.</param>
/// <param name="Seconds">How long ago the event there was received.</param>
internal readonly record struct StuckPartition(int Partition, long Offset, double Seconds);
