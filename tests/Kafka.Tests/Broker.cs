using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Kafka;

namespace CustomEvents.Tests.Kafka;

/// <summary>A real broker, as its administrator sees it.</summary>
internal static class Broker
{
    /// <summary>Makes a topic, and returns when the broker has it: until then it may still take records for an old one of that name, and drop them with it.</summary>
    public static async Task CreateTopicAsync(string servers, string topic, int partitions, Dictionary<string, string>? settings = null)
    {
        using var admin = Admin(servers);
        settings ??= new() { ["max.message.bytes"] = ClientSettings.MaxRecordBytes.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        var specification = new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = settings };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await admin.CreateTopicsAsync([specification], new CreateTopicsOptions { OperationTimeout = TimeSpan.FromSeconds(10) });
                break;
            }
            catch (CreateTopicsException e) when (e.Results[0].Error.Code == ErrorCode.TopicAlreadyExists && clock.Elapsed < TimeSpan.FromSeconds(10))
            {
                // One of this name was deleted a moment ago.
                await Task.Delay(50);
            }
        }

        while (await EndAsync(admin, topic, partitions) is not 0 and var end)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
                Assert.Fail($"The topic {topic} was made and is not there and empty after 20 s; its partitions' last end is {end?.ToString() ?? "unknown"}");
            await Task.Delay(20);
        }
    }

    private static async Task<long?> EndAsync(IAdminClient admin, string topic, int partitions)
    {
        try
        {
            var ends = await admin.ListOffsetsAsync(Enumerable.Range(0, partitions).Select(
                p => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, p), OffsetSpec = OffsetSpec.Latest() }));
            return ends.ResultInfos.Max(i => i.TopicPartitionOffsetError.Offset.Value);
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    public static async Task DeleteTopicsAsync(string servers, params string[] topics)
    {
        using var admin = Admin(servers);
        try
        {
            await admin.DeleteTopicsAsync(topics, new DeleteTopicsOptions { OperationTimeout = TimeSpan.FromSeconds(10) });
        }
        catch (DeleteTopicsException e) when (e.Results.All(r => !r.Error.IsError || r.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            // Not there: as wanted.
        }
    }

    public static IAdminClient Admin(string servers) => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers }).Build();
}
