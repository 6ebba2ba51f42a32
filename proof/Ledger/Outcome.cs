namespace CustomEvents.Proof.Ledger;

/// <summary>What the sender was answered.</summary>
internal enum Outcome
{
    /// <summary>Nothing, or that nothing is known: it may be in the log or not.</summary>
    Unknown,

    /// <summary>202, or acknowledged by the log.</summary>
    Accepted,

    /// <summary>Refused: it must be nowhere. An invalid event of a bulk request that was accepted is a rejection instead, and counts as accepted.</summary>
    Refused,
}
