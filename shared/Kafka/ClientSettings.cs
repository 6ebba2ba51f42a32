using System.Globalization;
using Confluent.Kafka;

namespace CustomEvents.Kafka;

/// <summary>What the clients are given: first what we prefer, then the operator's properties over it, last what carries the guarantees.</summary>
internal sealed class ClientSettings(KafkaOptions options)
{
    /// <summary>What one record may be at most, key and headers included, on topics and clients alike (contract section 10).</summary>
    public const int MaxRecordBytes = 8 * 1024 * 1024;

    /// <summary>For how long the API's writer tries.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait for an answer of the cluster to an administrative question.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>librdkafka's name of a property that may have been written as the name of a variable.</summary>
    public static string PropertyName(string name) => name.Replace('_', '.').ToLowerInvariant();

    /// <summary>For clients that only ask and administer, and the ground of the others.</summary>
    public Dictionary<string, string> Common()
    {
        var properties = Preferred();
        Override(properties);
        return properties;
    }

    /// <summary>For a producer.</summary>
    public Dictionary<string, string> Producer(KafkaDelivery delivery)
    {
        var properties = Preferred();
        properties["compression.type"] = "lz4";
        properties["linger.ms"] = "2";
        // Librdkafka holds a copy of what waits: the bound of its memory.
        properties["queue.buffering.max.kbytes"] = "65536";
        properties["queue.buffering.max.messages"] = "200000";
        Override(properties);
        properties["acks"] = "all";
        properties["enable.idempotence"] = "true";
        properties["partitioner"] = "murmur2_random";
        properties["message.max.bytes"] = Text(MaxRecordBytes);
        properties["message.timeout.ms"] = delivery == KafkaDelivery.GivesUp ? Text((int)GiveUpAfter.TotalMilliseconds) : "0";
        // The outcome alone: copying key, value and headers back for each record costs more than sending them.
        properties["dotnet.producer.delivery.report.fields"] = "status";
        return properties;
    }

    /// <summary>For a member of a group.</summary>
    public Dictionary<string, string> GroupMember(string group)
    {
        var properties = Consumer();
        properties["session.timeout.ms"] = "15000";
        properties["max.poll.interval.ms"] = "300000";
        properties["auto.commit.interval.ms"] = "500";
        Override(properties);
        properties["group.id"] = group;
        properties["partition.assignment.strategy"] = "range";
        // Librdkafka commits in the background what it was told to store, and it is told only what is done.
        properties["enable.auto.commit"] = "true";
        properties["enable.auto.offset.store"] = "false";
        properties["auto.offset.reset"] = "earliest";
        properties["enable.partition.eof"] = "false";
        Guarantee(properties);
        return properties;
    }

    /// <summary>For a consumer that belongs to no group and commits nothing.</summary>
    public Dictionary<string, string> Onlooker()
    {
        var properties = Consumer();
        Override(properties);
        // The client demands a name; without a subscription no group of it comes into being.
        properties["group.id"] = "custom-events-onlooker";
        properties["enable.auto.commit"] = "false";
        properties["auto.offset.reset"] = "earliest";
        properties["enable.partition.eof"] = "true";
        Guarantee(properties);
        return properties;
    }

    private Dictionary<string, string> Preferred() => new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = options.BootstrapServers,
        ["client.id"] = "custom-events",
        // A broker that comes back is found within a second and not within ten.
        ["reconnect.backoff.ms"] = "100",
        ["reconnect.backoff.max.ms"] = "1000",
        ["socket.keepalive.enable"] = "true",
    };

    private Dictionary<string, string> Consumer()
    {
        var properties = Preferred();
        // A member holds at most what is queued, one answer of a broker beyond it, and what batches unpack to: some 32 MiB.
        properties["queued.max.messages.kbytes"] = "8192";
        properties["queued.min.messages"] = "50000";
        properties["fetch.max.bytes"] = "8388608";
        properties["max.partition.fetch.bytes"] = "524288";
        // The default of a second is how long a partition rests after the queue was full once.
        properties["fetch.queue.backoff.ms"] = "20";
        // A commit while a partition is handed over waits for the coordinator no longer than this.
        properties["socket.timeout.ms"] = "10000";
        return properties;
    }

    private static void Guarantee(Dictionary<string, string> properties)
    {
        properties["isolation.level"] = "read_committed";
        properties["allow.auto.create.topics"] = "false";
        properties["message.max.bytes"] = Text(MaxRecordBytes);
        properties["dotnet.consumer.consume.result.fields"] = "headers,timestamp";
    }

    private void Override(Dictionary<string, string> properties)
    {
        foreach (var (name, value) in options.Client)
            properties[PropertyName(name)] = value;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The handler that every client's log goes to.</summary>
    public static void Log(Microsoft.Extensions.Logging.ILogger logger, LogMessage message) => KafkaLog.Client(logger, message);
}
