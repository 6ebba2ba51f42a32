using System.Reflection;
using Confluent.SchemaRegistry;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CustomEvents.Kafka.Schemas;

/// <summary>
/// Tells a schema registry the published schemas, for producers and readers that look there. The pipeline itself needs none of
/// it: a registry that is away is logged and tried again, and nothing waits.
/// </summary>
internal sealed class SchemaRegistration(IOptions<SchemaRegistryOptions> options, TopicNames topics, TimeProvider time, ILogger<SchemaRegistration> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var url = options.Value.Url;
        if (string.IsNullOrWhiteSpace(url))
            return;
        // The first call resolves names and opens connections: not on the thread that starts the service.
        await Task.Yield();
        foreach (var (topic, resource) in new[] { (topics.Raw, "events.raw"), (topics.Normalized, "events.normalized") })
        {
            if (Schema(resource) is { } schema)
                await RegisterAsync(url, topic + "-value", schema, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task RegisterAsync(string url, string subject, string schema, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                using var client = NewClient(url);
                var id = await client.RegisterSchemaAsync(subject, new Schema(schema, SchemaType.Json)).WaitAsync(cancellationToken).ConfigureAwait(false);
                KafkaLog.SchemaRegistered(logger, subject, id);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // The client reports a registry that is away in several ways; none of them may end the service.
                KafkaLog.SchemaRegistryAway(logger, url, subject, pause.TotalSeconds, e.Message);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private CachedSchemaRegistryClient NewClient(string url)
    {
        var properties = options.Value.Client.ToDictionary(static p => ClientSettings.PropertyName(p.Key), static p => p.Value);
        properties["schema.registry.url"] = url;
        properties.TryAdd("schema.registry.request.timeout.ms", "5000");
        return new CachedSchemaRegistryClient(properties);
    }

    /// <summary>The embedded schema whose file name begins with a topic's default name; null where there is none.</summary>
    internal static string? Schema(string topic)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var resource = Array.Find(assembly.GetManifestResourceNames(), n => n.StartsWith("schemas/" + topic, StringComparison.Ordinal));
        if (resource is null)
            return null;
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
