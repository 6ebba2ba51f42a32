namespace CustomEvents.Tests.Kafka.Mock;

/// <summary>Kinds of requests, by their numbers in Kafka's protocol.</summary>
internal enum ApiKey
{
    Produce = 0,
    Fetch = 1,
    Metadata = 3,
    OffsetCommit = 8,
    InitProducerId = 22,
}
