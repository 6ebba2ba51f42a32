using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace CustomEvents.Hosting.Settings;

/// <summary>
/// Names of variables that other tools use for the same things. They count where the project's own setting is absent; services and the
/// operator's commands read them alike.
/// </summary>
public static class EnvironmentFallbacks
{
    private static readonly (string Variable, string Setting)[] Names =
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "Kafka:BootstrapServers"),
        ("MONGODB_URI", "MongoDb:ConnectionString"),
        ("SCHEMA_REGISTRY_URL", "SchemaRegistry:Url"),
        ("REDIS_URL", "Redis:Configuration"),
    ];

    /// <summary>Puts them, and the levels at which logs begin, behind everything else that the configuration reads.</summary>
    public static void AddEnvironmentFallbacks(this IConfigurationManager configuration)
    {
        var values = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
            ["Logging:LogLevel:System.Net.Http"] = "Warning",
        };
        foreach (var (variable, setting) in Names)
        {
            if (configuration[variable] is { Length: > 0 } value)
                values[setting] = value;
        }

        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = values });
    }
}
