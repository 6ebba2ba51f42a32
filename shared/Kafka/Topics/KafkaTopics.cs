using System.Globalization;
using Confluent.Kafka.Admin;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CustomEvents.Kafka.Topics;

/// <summary>The log as something that a service needs: makes the three topics, and says what is wrong with them or the cluster.</summary>
internal sealed class KafkaTopics(KafkaAdmin admin, TopicNames names, IOptions<KafkaOptions> options, TimeProvider time, ILogger<KafkaTopics> logger)
    : IDependency
{
    private static readonly TimeSpan SettingsInterval = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan ReachWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeadersWithin = TimeSpan.FromSeconds(10);

    private readonly (string Name, TimeSpan Retention)[] _topics =
    [
        (names.Raw, TopicRules.EventRetention), (names.Normalized, TopicRules.EventRetention), (names.Rejected, TopicRules.RejectionRetention),
    ];

    private readonly HashSet<string> _retentionTold = [];
    private long _settingsReadAt;
    private bool _settingsFine;

    public string Name => "kafka";

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        short? replication = options.Value.ReplicationFactor;
        foreach (var (name, retention) in _topics)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await admin.FindTopicAsync(name).ConfigureAwait(false) is not null)
                continue;
            replication ??= (short)Math.Clamp(await admin.BrokerCountAsync(ReachWithin).ConfigureAwait(false), 1, 3);
            var made = await admin.CreateTopicAsync(new TopicSpecification
            {
                Name = name,
                NumPartitions = options.Value.Partitions,
                ReplicationFactor = replication.Value,
                Configs = TopicRules.For(retention, replication.Value),
            }).ConfigureAwait(false);
            if (made)
                KafkaLog.TopicCreated(logger, name, options.Value.Partitions, replication.Value);
        }

        await AwaitLeadersAsync(cancellationToken).ConfigureAwait(false);
        if (await ProblemOfSettingsAsync().ConfigureAwait(false) is { } problem)
            throw new InfrastructureException(problem);
    }

    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Any broker may answer this. What is asked about topics goes to the controller, and while that is away the client connects to it without a pause.
            await admin.BrokerCountAsync(ReachWithin).ConfigureAwait(false);
            // A problem is looked at again each time, so that its remedy is seen soon.
            if (_settingsFine && time.GetElapsedTime(_settingsReadAt) < SettingsInterval)
                return null;
            return await ProblemOfSettingsAsync().ConfigureAwait(false);
        }
        catch (InfrastructureException e)
        {
            return e.Message;
        }
    }

    // A topic is there for the one that made it before every broker can be asked about it.
    private async Task AwaitLeadersAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var missing = new List<string>();
            foreach (var (name, _) in _topics)
            {
                var topic = await admin.FindTopicAsync(name).ConfigureAwait(false);
                if (topic is null || topic.Partitions.Any(static p => p.Leader is null || p.Leader.Id < 0))
                    missing.Add(name);
            }

            if (missing.Count == 0)
                return;
            if (time.GetElapsedTime(began) > LeadersWithin)
                throw new InfrastructureException($"Kafka has no leader for every partition of {string.Join(", ", missing)}: check its brokers.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> ProblemOfSettingsAsync()
    {
        _settingsFine = false;
        var descriptions = new TopicDescription[_topics.Length];
        for (var i = 0; i < _topics.Length; i++)
        {
            if (await admin.FindTopicAsync(_topics[i].Name).ConfigureAwait(false) is not { } description)
                return $"Kafka has no topic {_topics[i].Name}. Start the service anew to have it created, or create it with {options.Value.Partitions} partitions.";
            descriptions[i] = description;
        }

        var problems = new List<string>();
        var settings = await admin.SettingsAsync(Array.ConvertAll(_topics, static t => t.Name)).ConfigureAwait(false);
        for (var i = 0; i < _topics.Length; i++)
        {
            var name = _topics[i].Name;
            var replication = descriptions[i].Partitions.Min(static p => p.Replicas.Count);
            foreach (var (setting, found, wanted) in TopicRules.Weaker(settings[i], replication))
                problems.Add($"Topic {name} has {setting}={found}, and {wanted} is needed: {Alter(name, setting, wanted)}");
            TellShortRetention(name, settings[i], _topics[i].Retention);
        }

        var most = descriptions.Max(static d => d.Partitions.Count);
        for (var i = 0; i < _topics.Length; i++)
        {
            var count = descriptions[i].Partitions.Count;
            if (count != most)
            {
                problems.Add($"Topic {_topics[i].Name} has {count} partitions and another has {most}, and all need the same number: " +
                    $"kafka-topics.sh --bootstrap-server {options.Value.BootstrapServers} --alter --topic {_topics[i].Name} --partitions {most}");
            }
        }

        _settingsReadAt = time.GetTimestamp();
        _settingsFine = problems.Count == 0;
        return _settingsFine ? null : string.Join(' ', problems);
    }

    // How long records are kept weakens no record that is there: the operator is told, and the services work.
    private void TellShortRetention(string topic, IReadOnlyDictionary<string, string> settings, TimeSpan retention)
    {
        var wanted = (long)retention.TotalMilliseconds;
        if (settings.TryGetValue("retention.ms", out var found)
            && long.TryParse(found, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds >= 0 && milliseconds < wanted && _retentionTold.Add(topic))
        {
            KafkaLog.ShortRetention(logger, topic, "retention.ms", found, wanted, Alter(topic, "retention.ms", wanted.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private string Alter(string topic, string setting, string value) =>
        $"kafka-configs.sh --bootstrap-server {options.Value.BootstrapServers} --alter --entity-type topics --entity-name {topic} --add-config {setting}={value}";
}
