namespace CustomEvents.Proof.Faults;

/// <summary>A fault of the matrix.</summary>
/// <param name="Name">Chooses it on the command line.</param>
/// <param name="What">What is done, in a sentence.</param>
/// <param name="DoAsync">Does it.</param>
internal sealed record Fault(string Name, string What, Func<FaultRun, Task> DoAsync)
{
    /// <summary>How many instances of each service there are at the start.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Whether the load runs from the start to the end of it.</summary>
    public bool IsUnderLoad { get; init; } = true;

    /// <summary>What it needs.</summary>
    public Needs Needs { get; init; }

    /// <summary>Whether the records of a store may lie in any partition, in no order to each other.</summary>
    public bool IsScattered { get; init; }
}
