using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace CustomEvents.Kafka;

/// <summary>Refuses at start what could not work or would break a promise: names the setting, the value and the remedy.</summary>
internal sealed class KafkaOptionsValidator : IValidateOptions<KafkaOptions>
{
    public ValidateOptionsResult Validate(string? name, KafkaOptions options)
    {
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
            failures.Add("Kafka:BootstrapServers is empty: name at least one broker, such as kafka:9092.");

        CheckTopic(failures, nameof(options.RawTopic), options.RawTopic);
        CheckTopic(failures, nameof(options.NormalizedTopic), options.NormalizedTopic);
        CheckTopic(failures, nameof(options.RejectedTopic), options.RejectedTopic);
        if (options.RawTopic == options.NormalizedTopic || options.RawTopic == options.RejectedTopic || options.NormalizedTopic == options.RejectedTopic)
        {
            failures.Add($"Kafka:RawTopic, Kafka:NormalizedTopic and Kafka:RejectedTopic are '{options.RawTopic}', '{options.NormalizedTopic}' and " +
                $"'{options.RejectedTopic}': give each a name of its own.");
        }

        if (options.Partitions is < 1 or > 10_000)
            failures.Add($"Kafka:Partitions is {options.Partitions}: give 1 to 10000.");
        if (options.ReplicationFactor is < 1)
            failures.Add($"Kafka:ReplicationFactor is {options.ReplicationFactor}: give 1 or more, or leave it out for as many as there are brokers, at most 3.");

        var refused = false;
        foreach (var (property, value) in options.Client)
        {
            if (GuardedProperties.Reason(ClientSettings.PropertyName(property)) is not { } reason)
                continue;
            refused = true;
            failures.Add($"Kafka:Client:{property} is '{value}': it cannot be set, because {reason}. Remove it.");
        }

        if (failures.Count == 0 && !refused)
            TryClient(failures, options);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckTopic(List<string> failures, string setting, string value)
    {
        if (string.IsNullOrEmpty(value) || value.Length > 249 || value is "." or ".." ||
            value.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
        {
            failures.Add($"Kafka:{setting} is '{value}': give 1 to 249 of A-Z a-z 0-9 . _ -");
        }
    }

    // Only librdkafka knows its properties; making a client connects to nothing before it is used.
    private static void TryClient(List<string> failures, KafkaOptions options)
    {
        try
        {
            new ProducerBuilder<Null, Null>(new ClientSettings(options).Common()).SetLogHandler(static (_, _) => { }).Build().Dispose();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            failures.Add($"Kafka:Client or Kafka:BootstrapServers has what librdkafka does not take: {e.Message} Correct it; the properties are listed in librdkafka's CONFIGURATION.md.");
        }
    }
}
