using CustomEvents.Kafka.Reading;
using CustomEvents.Kafka.Schemas;
using CustomEvents.Kafka.Topics;
using CustomEvents.Kafka.Writing;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CustomEvents.Kafka;

/// <summary>Wires the log on Kafka.</summary>
public static class KafkaServices
{
    /// <summary>
    /// Adds <see cref="ILogWriter"/>, <see cref="ILogReaderFactory"/>, <see cref="ILogInspector"/>, <see cref="TopicNames"/>, and the
    /// <see cref="IDependency"/> <c>kafka</c>, from the sections <c>Kafka</c> and <c>SchemaRegistry</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The configuration's root.</param>
    /// <param name="delivery">What the writer does while Kafka does not acknowledge.</param>
    public static IServiceCollection AddKafkaLog(this IServiceCollection services, IConfiguration configuration, KafkaDelivery delivery)
    {
        services.AddOptions<KafkaOptions>().Bind(configuration.GetSection(KafkaOptions.Section)).ValidateOnStart();
        services.AddOptions<SchemaRegistryOptions>().Bind(configuration.GetSection(SchemaRegistryOptions.Section))
            .Validate(
                static o => string.IsNullOrWhiteSpace(o.Url) || o.Url.Split(',').All(static u => Uri.TryCreate(u.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
                "SchemaRegistry:Url is no http or https address: give one such as http://registry:8081, or leave it empty for none.")
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KafkaOptions>, KafkaOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton(static provider => new ClientSettings(Options(provider)));
        services.AddSingleton(static provider => new TopicNames
        {
            Raw = Options(provider).RawTopic,
            Normalized = Options(provider).NormalizedTopic,
            Rejected = Options(provider).RejectedTopic,
            System = "kafka",
        });
        services.AddSingleton<KafkaAdmin>();
        services.AddSingleton<ILogWriter>(provider => new KafkaLogWriter(
            provider.GetRequiredService<ClientSettings>(), delivery, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<KafkaLogWriter>>()));
        services.AddSingleton<ILogReaderFactory, KafkaLogReaderFactory>();
        services.AddSingleton<ILogInspector, KafkaLogInspector>();
        services.AddSingleton<IDependency, KafkaTopics>();
        services.AddHostedService<SchemaRegistration>();
        return services;
    }

    private static KafkaOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<KafkaOptions>>().Value;
}
