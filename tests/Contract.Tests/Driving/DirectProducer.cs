using System.Text;
using Confluent.Kafka;

namespace CustomEvents.Tests.Contract.Driving;

/// <summary>A direct producer: contract section 9.</summary>
public sealed class DirectProducer(string kafka, string topic) : IDisposable
{
    // murmur2_random is what Java's clients do by default.
    private readonly Lazy<IProducer<byte[]?, byte[]?>> _producer = new(() => new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
    {
        BootstrapServers = kafka,
        Partitioner = Partitioner.Murmur2Random,
        MessageMaxBytes = 8 * 1024 * 1024,
        LingerMs = 0,
    }).Build());

    /// <summary>Writes one event; where it lies.</summary>
    public Task<TopicPartitionOffset> SendAsync(string storeId, string json, params (string Name, string Value)[] headers) =>
        SendAsync(Encoding.UTF8.GetBytes(storeId), Encoding.UTF8.GetBytes(json), Partition.Any, headers);

    /// <summary>Writes one record; where it lies.</summary>
    public async Task<TopicPartitionOffset> SendAsync(byte[]? key, byte[]? value, Partition partition, params (string Name, string Value)[] headers)
    {
        var message = new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = [] };
        foreach (var (name, text) in headers)
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        var delivered = await _producer.Value.ProduceAsync(new TopicPartition(topic, partition), message);
        return delivered.TopicPartitionOffset;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
    }
}
