using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Pipeline;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Kafka;

/// <summary>Asks the cluster and makes topics. Every question has a time limit of 10 s; what the client throws comes as <see cref="InfrastructureException"/>.</summary>
internal sealed class KafkaAdmin : IDisposable
{
    private static readonly TimeSpan ElectionPause = TimeSpan.FromMilliseconds(200);
    private readonly Lazy<IAdminClient> _client;

    // Why no broker is reached stands in the client's own reports alone.
    private volatile string? _lastReport;

    public KafkaAdmin(ClientSettings settings, ILogger<KafkaAdmin> logger) =>
        _client = new Lazy<IAdminClient>(() => new AdminClientBuilder(settings.Common())
            .SetLogHandler((_, message) => KafkaLog.Client(logger, message))
            .SetErrorHandler((_, error) =>
            {
                if (error.Code != ErrorCode.Local_AllBrokersDown)
                    _lastReport = error.Reason;
                KafkaLog.ClientError(logger, error.Code, error.Reason);
            })
            .Build());

    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    /// <summary>How many brokers there are. Asked for as metadata, which a broker that knows of none does not end the process with.</summary>
    public async Task<int> BrokerCountAsync(TimeSpan timeout)
    {
        var metadata = await Asking("the cluster", () => Task.Run(() => _client.Value.GetMetadata(timeout))).ConfigureAwait(false);
        return metadata.Brokers.Count;
    }

    /// <summary>A topic, or null where there is none of the name.</summary>
    public async Task<TopicDescription?> FindTopicAsync(string topic)
    {
        try
        {
            var result = await Asking($"topic {topic}", () => _client.Value.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = ClientSettings.RequestTimeout })).ConfigureAwait(false);
            return result.TopicDescriptions[0];
        }
        catch (InfrastructureException e) when (e.InnerException is DescribeTopicsException
        { Results.TopicDescriptions: [{ Error.Code: ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic }] })
        {
            return null;
        }
    }

    /// <summary>A topic that has to be there.</summary>
    public async Task<TopicDescription> DescribeTopicAsync(string topic) =>
        await FindTopicAsync(topic).ConfigureAwait(false) ?? throw new InfrastructureException($"Kafka has no topic {topic}; any of the services creates it when it starts.");

    /// <summary>The settings in effect for topics, in their order.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> SettingsAsync(IReadOnlyList<string> topics)
    {
        var resources = topics.Select(static t => new ConfigResource { Type = ResourceType.Topic, Name = t }).ToArray();
        var results = await Asking("the topics' settings", () => _client.Value.DescribeConfigsAsync(
            resources, new DescribeConfigsOptions { RequestTimeout = ClientSettings.RequestTimeout })).ConfigureAwait(false);
        var byName = results.ToDictionary(static r => r.ConfigResource.Name, static r => r.Entries);
        return topics.Select(t => (IReadOnlyDictionary<string, string>)byName[t].ToDictionary(static e => e.Key, static e => e.Value.Value)).ToArray();
    }

    /// <summary>Makes a topic; false where it is there already.</summary>
    public async Task<bool> CreateTopicAsync(TopicSpecification topic)
    {
        try
        {
            await _client.Value.CreateTopicsAsync([topic], new CreateTopicsOptions
            {
                RequestTimeout = ClientSettings.RequestTimeout,
                OperationTimeout = ClientSettings.RequestTimeout,
            }).ConfigureAwait(false);
            return true;
        }
        catch (CreateTopicsException e) when (e.Results is [{ Error.Code: ErrorCode.TopicAlreadyExists }])
        {
            return false;
        }
        catch (CreateTopicsException e)
        {
            var error = e.Results.Count > 0 ? e.Results[0].Error : e.Error;
            throw new InfrastructureException($"Kafka did not create topic {topic.Name}: {error.Reason} ({error.Code}). Allow the services to create topics, or create it.", e);
        }
        catch (KafkaException e)
        {
            throw new InfrastructureException($"Kafka did not create topic {topic.Name}: {e.Error.Reason} ({e.Error.Code}).", e);
        }
    }

    /// <summary>An offset of each partition, as <paramref name="which"/> says; -1 where there is none.</summary>
    public async Task<Dictionary<int, long>> OffsetsAsync(string topic, IEnumerable<int> partitions, OffsetSpec which)
    {
        var questions = partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, p), OffsetSpec = which }).ToArray();
        var asked = Stopwatch.StartNew();
        ListOffsetsResult answer;
        while (true)
        {
            try
            {
                answer = await Asking($"the offsets of {topic}", () => _client.Value.ListOffsetsAsync(
                    questions, new ListOffsetsOptions { RequestTimeout = ClientSettings.RequestTimeout, IsolationLevel = IsolationLevel.ReadCommitted })).ConfigureAwait(false);
                break;
            }
            catch (InfrastructureException e) when (asked.Elapsed < ClientSettings.RequestTimeout && IsLeaderElsewhere(e.InnerException))
            {
                // A leader moves, or the topic is so new that not every partition has one yet.
                await Task.Delay(ElectionPause).ConfigureAwait(false);
            }
        }

        return answer.ResultInfos.ToDictionary(
            static r => r.TopicPartitionOffsetError.Partition.Value,
            r => r.TopicPartitionOffsetError.Error.IsError
                ? throw new InfrastructureException($"Kafka did not tell the offsets of {topic}: {r.TopicPartitionOffsetError.Error.Reason}.")
                : r.TopicPartitionOffsetError.Offset.Value);
    }

    /// <summary>How many members a group has; 0 where there is no such group.</summary>
    public async Task<int> MemberCountAsync(string group)
    {
        try
        {
            var answer = await Asking($"group {group}", () => _client.Value.DescribeConsumerGroupsAsync(
                [group], new DescribeConsumerGroupsOptions { RequestTimeout = ClientSettings.RequestTimeout })).ConfigureAwait(false);
            return answer.ConsumerGroupDescriptions[0].Members.Count;
        }
        catch (InfrastructureException e) when (e.InnerException is DescribeConsumerGroupsException
        { Results.ConsumerGroupDescriptions: [{ Error.Code: ErrorCode.GroupIdNotFound }] })
        {
            return 0;
        }
    }

    private static bool IsLeaderElsewhere(Exception? e) => e is ListOffsetsException { Result.ResultInfos: { } partitions } && partitions.Exists(
        static p => p.TopicPartitionOffsetError.Error.Code is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable);

    private async Task<T> Asking<T>(string what, Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve)
        {
            var report = _lastReport is { } last ? $" ({last})" : "";
            throw new InfrastructureException(
                $"Kafka did not tell about {what}: no broker answered{report}. Check that the brokers run and that Kafka:BootstrapServers names them.", e);
        }
        catch (KafkaException e)
        {
            throw new InfrastructureException($"Kafka did not tell about {what}: {e.Error.Reason} ({e.Error.Code}).", e);
        }
    }
}
