using System.Diagnostics;
using Confluent.Kafka;
using CustomEvents.Bench.Running;
using CustomEvents.Kafka;

namespace CustomEvents.Bench.Floors;

/// <summary>What the copying loop is told: which records of a topic, and where to.</summary>
/// <param name="Kafka">The brokers.</param>
/// <param name="From">The topic to read.</param>
/// <param name="WarmUp">How many records to copy before the clock starts.</param>
/// <param name="Count">How many to copy then.</param>
/// <param name="To">The topic to write.</param>
internal sealed record CopyFloorSpec(string Kafka, string From, long WarmUp, long Count, string To);

/// <summary>
/// A floor: consumes, copies and produces, with the settings of the workers' clients, and does nothing else. Assigned, not subscribed, so that no group is in the way.
/// The time is from the first record behind the warm-up to the last acknowledgement.
/// </summary>
internal static class CopyFloor
{
    public static Task<FloorResult> RunAsync(CopyFloorSpec spec)
    {
        var settings = new ClientSettings(new KafkaOptions { BootstrapServers = spec.Kafka });
        using var producer = new ProducerBuilder<byte[], byte[]>(settings.Producer(KafkaDelivery.RepeatsForEver)).Build();
        using var consumer = new ConsumerBuilder<byte[], byte[]>(settings.GroupMember("bench-copy")).Build();
        consumer.Assign(Enumerable.Range(0, Deployment.Partitions).Select(partition => new TopicPartitionOffset(spec.From, partition, Offset.Beginning)));
        long acknowledged = 0;
        var failed = false;
        // Called by the client's own thread, and by this one while it flushes.
        void OnReport(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
                Volatile.Write(ref failed, true);
            Interlocked.Increment(ref acknowledged);
        }

        var watch = new Stopwatch();
        var all = spec.WarmUp + spec.Count;
        for (long i = 0; i < all; i++)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException($"{i} of {all} records came.");
            if (i == spec.WarmUp)
            {
                producer.Flush(TimeSpan.FromSeconds(60));
                watch.Start();
            }

            var copy = new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = record.Message.Headers };
            while (true)
            {
                try
                {
                    producer.Produce(spec.To, copy, OnReport);
                    break;
                }
                catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Flush(TimeSpan.FromMilliseconds(5));
                }
            }
        }

        producer.Flush(TimeSpan.FromSeconds(60));
        var elapsed = watch.Elapsed;
        return failed || acknowledged != all
            ? throw new InvalidOperationException($"{acknowledged} of {all} records were acknowledged.")
            : Task.FromResult(new FloorResult(spec.Count, elapsed.TotalSeconds));
    }
}
