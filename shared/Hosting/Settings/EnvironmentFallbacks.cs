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
                values[setting] = setting.StartsWith("Redis", StringComparison.Ordinal) ? RedisConfiguration(value) : value;
        }

        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = values });
    }

    /// <summary>StackExchange.Redis takes <c>host:port,option=value</c> and no address.</summary>
    private static string RedisConfiguration(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme is not ("redis" or "rediss"))
            return value;
        var password = address.UserInfo.Contains(':', StringComparison.Ordinal) ? Uri.UnescapeDataString(address.UserInfo.Split(':', 2)[1]) : "";
        return $"{address.Host}:{(address.Port > 0 ? address.Port : 6379)}" +
            (password.Length > 0 ? $",password={password}" : "") +
            (address.Scheme == "rediss" ? ",ssl=true" : "");
    }
}
