namespace CustomEvents.Kafka;

/// <summary>The properties of librdkafka that carry the pipeline's guarantees, and why they are not for settings to change.</summary>
internal static class GuardedProperties
{
    /// <summary>Why a property is not to be set; null where it may be.</summary>
    public static string? Reason(string property) => property switch
    {
        "bootstrap.servers" or "metadata.broker.list" => "Kafka:BootstrapServers says it",
        "acks" or "request.required.acks" => "an accepted event is acknowledged by all in-sync replicas",
        "enable.idempotence" or "max.in.flight" or "max.in.flight.requests.per.connection" or "message.send.max.retries" or "retries"
            or "enable.gapless.guarantee" or "queuing.strategy" or "transactional.id" =>
            "records of one store keep their order and are written once",
        "partitioner" => "records lie in the partition that murmur2 of their key names",
        "message.timeout.ms" or "delivery.timeout.ms" => "the API gives up after 10 s and the stages never do",
        "message.max.bytes" => "events of 5 MB have to fit, and the topics take 8 MiB",
        "delivery.report.only.error" => "an append is done only when each of its records is reported",
        "group.id" or "group.instance.id" or "group.protocol" or "group.remote.assignor" or "partition.assignment.strategy" =>
            "the stages choose their groups, and several members may live in one process",
        "enable.auto.commit" or "auto.commit.enable" or "enable.auto.offset.store" or "offset.store.method" =>
            "only what is durable downstream is committed",
        "auto.offset.reset" => "a group begins with the earliest record, so that nothing is skipped",
        "isolation.level" => "records of aborted transactions are no events",
        "enable.partition.eof" => "the reader handles records only",
        "allow.auto.create.topics" => "topics are made with the contract's settings, not with the broker's",
        "test.mock.num.brokers" => "a mock cluster forgets records",
        _ when property.StartsWith("dotnet.", StringComparison.Ordinal) => "the adapter depends on it",
        _ => null,
    };
}
