// Most of the time is spent waiting for other processes; more at once would only make each of them slow.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]
