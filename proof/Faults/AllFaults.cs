namespace CustomEvents.Proof.Faults;

/// <summary>The matrix.</summary>
internal static class AllFaults
{
    /// <summary>All faults, in the order in which they are run.</summary>
    public static IReadOnlyList<Fault> List { get; } = [.. ServiceFaults.All, .. ServerFaults.All, .. TopicFaults.All, .. PoisonFaults.All, .. RaceFaults.All];

    /// <summary>Why a fault cannot be run here; null where it can.</summary>
    public static string? Missing(Fault fault, ProofOptions options)
    {
        if (fault.Needs.HasFlag(Needs.Control) && options.Control is null)
            return "PROOF_CONTROL names no command that controls the servers";
        if (fault.Needs.HasFlag(Needs.ThreeBrokers) && options.Kafka.Split(',').Length < 3)
            return "KAFKA_BOOTSTRAP_SERVERS names fewer than three brokers";
        if (fault.Needs.HasFlag(Needs.Registry) && options.Registry is null)
            return "SCHEMA_REGISTRY_URL names no schema registry";
        return null;
    }
}
