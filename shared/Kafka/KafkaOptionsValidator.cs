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

        foreach (var (property, value) in options.Client)
        {
            if (GuardedProperties.Reason(ClientSettings.PropertyName(property)) is not { } reason)
                continue;
            failures.Add($"Kafka:Client:{property} is '{value}': it cannot be set, because {reason}. Remove it.");
        }

        if (failures.Count == 0)
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

    // Only librdkafka knows its properties; making a client connects to nothing that is waited for.
    private static void TryClient(List<string> failures, KafkaOptions options)
    {
        foreach (var (property, value) in options.Client)
        {
            var alone = new KafkaOptions { BootstrapServers = options.BootstrapServers, Client = { [property] = value } };
            if (WhatIsWrong(alone) is { } wrong && wrong.Contains("configuration property", StringComparison.Ordinal))
                failures.Add($"Kafka:Client:{property} is '{Shown(property, value)}': librdkafka does not take it ({wrong}). Correct or remove it; CONFIGURATION.md of librdkafka lists the properties.");
        }

        if (failures.Count == 0 && WhatIsWrong(options) is { } together)
            failures.Add($"Kafka:Client cannot be used as it is: {together} Correct it; CONFIGURATION.md of librdkafka lists the properties.");
    }

    private static string? WhatIsWrong(KafkaOptions options)
    {
        try
        {
            new ProducerBuilder<Null, Null>(new ClientSettings(options).Common()).SetLogHandler(static (_, _) => { }).Build().Dispose();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            return e.Message;
        }
    }

    private static string Shown(string property, string value) =>
        property.Contains("password", StringComparison.OrdinalIgnoreCase) || property.Contains("secret", StringComparison.OrdinalIgnoreCase)
            || property.Contains("pem", StringComparison.OrdinalIgnoreCase) || property.Contains("oauthbearer", StringComparison.OrdinalIgnoreCase)
            ? "..." : value;
}
