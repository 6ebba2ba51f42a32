namespace CustomEvents.Proof.Faults;

/// <summary>What a fault needs beside Kafka and MongoDB.</summary>
[Flags]
internal enum Needs
{
    None = 0,

    /// <summary>A command over the servers.</summary>
    Control = 1,

    /// <summary>Three brokers or more.</summary>
    ThreeBrokers = 2,

    /// <summary>A schema registry.</summary>
    Registry = 4,
}
