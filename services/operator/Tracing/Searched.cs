namespace CustomEvents.Operator.Tracing;

/// <summary>How far a topic was looked through.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">Which of its partitions.</param>
/// <param name="Since">From which time on, UTC.</param>
/// <param name="Records">How many records were read.</param>
internal readonly record struct Searched(string Topic, IReadOnlyList<int> Partitions, DateTime Since, long Records);
