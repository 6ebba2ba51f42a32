using Confluent.Kafka;

namespace CustomEvents.Proof.Auditing;

/// <summary>Reads a topic whole, in the order of each partition.</summary>
internal static class RawLog
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>All records, from the first to those that are there when it is called.</summary>
    public static List<RawRecord> Read(string kafka, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka,
            GroupId = "proof-reads-by-assignment",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<RawRecord>();
        for (var ends = 0; ends < partitions;)
        {
            var read = consumer.Consume(Silence) ?? throw new TimeoutException($"{topic} could not be read: no record for {Silence.TotalSeconds} s.");
            if (read.IsPartitionEOF)
                ends++;
            else
                records.Add(RawRecord.From(read));
        }

        return records;
    }
}
