using CustomEvents.Pipeline.Log;

namespace CustomEvents.Kafka;

/// <summary>The section <c>Kafka</c>: where the log is, and how its topics are made.</summary>
public sealed class KafkaOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Kafka";

    /// <summary>Brokers to begin with, <c>host:port</c>, separated by commas. One that answers is enough; several so that one may be away. Default <c>localhost:9092</c>.</summary>
    public string BootstrapServers { get; set; } = "localhost:9092";

    /// <summary>The topic of events as producers sent them. Default <c>events.raw</c>.</summary>
    public string RawTopic { get; set; } = TopicNames.DefaultRaw;

    /// <summary>The topic of resolved, typed events. Default <c>events.normalized</c>.</summary>
    public string NormalizedTopic { get; set; } = TopicNames.DefaultNormalized;

    /// <summary>The topic of what was refused. Default <c>events.rejected</c>.</summary>
    public string RejectedTopic { get; set; } = TopicNames.DefaultRejected;

    /// <summary>How many partitions topics are made with, 1 to 10,000; how many instances of a stage can work at once. Existing topics stay as they are. Default 12.</summary>
    public int Partitions { get; set; } = 12;

    /// <summary>How many copies of each partition topics are made with. Absent: as many as there are brokers, at most 3. Existing topics stay as they are.</summary>
    public short? ReplicationFactor { get; set; }

    /// <summary>
    /// Properties of librdkafka, by its names, for all clients: TLS, SASL, tuning. A property that would break what the pipeline promises is refused.
    /// Where a name with dots is no possible name of a variable, <c>_</c> stands for the dot.
    /// </summary>
    public Dictionary<string, string> Client { get; set; } = [];
}
