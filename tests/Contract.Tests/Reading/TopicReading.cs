using Confluent.Kafka;

namespace CustomEvents.Tests.Contract.Reading;

/// <summary>Reads what lies in a topic, as it was when the reading began.</summary>
public static class TopicReading
{
    /// <summary>Every record, partition by partition as they come.</summary>
    public static List<ConsumeResult<byte[]?, byte[]?>> All(string kafka, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka,
            GroupId = "unused",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        var ends = new HashSet<int>();
        while (ends.Count < partitions)
        {
            var read = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new AssertionException($"{topic} could not be read.");
            if (read.IsPartitionEOF)
                ends.Add(read.Partition.Value);
            else if (!ends.Contains(read.Partition.Value))
                records.Add(read);
        }

        return records;
    }
}
