namespace CustomEvents.Kafka;

/// <summary>What a writer does while Kafka does not acknowledge.</summary>
public enum KafkaDelivery
{
    /// <summary>
    /// Gives up after 10 s, and at once where the client's queue is full: for whoever has a caller waiting, who can try again.
    /// </summary>
    GivesUp,

    /// <summary>
    /// Repeats for ever and in order, and waits where the client's queue is full: for the stages, which may not skip a record. Only
    /// cancellation ends the waiting.
    /// </summary>
    RepeatsForEver,
}
