namespace CustomEvents.Proof.Ledger;

/// <summary>How an event was sent.</summary>
internal enum Channel
{
    Single,
    Bulk,
    Kafka,
}
