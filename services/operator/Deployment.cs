using CustomEvents.Hosting.Settings;
using CustomEvents.Kafka;
using CustomEvents.MongoDb;
using CustomEvents.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Operator;

/// <summary>Opens the ports of the deployment that the settings name: the embedded one's data folder where there is one, else Kafka and MongoDB.</summary>
internal static class Deployment
{
    /// <summary>Reads the settings and wires the ports; nothing is connected to before it is used.</summary>
    /// <exception cref="SettingException">No deployment is named.</exception>
    public static ServiceProvider Open(string? dataDirectory, Action<IServiceCollection>? configure)
    {
        var services = new ServiceCollection();
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging(static logging => logging
            .AddSimpleConsole(static line => line.SingleLine = true)
            .AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Warning)
            // What a client reports while it tries again. A command says itself what it could not do.
            .AddFilter("CustomEvents.Kafka", LogLevel.None)
            .AddFilter("CustomEvents.Kafka.Topics", LogLevel.Warning));
        if (configure is not null)
        {
            configure(services);
            return services.BuildServiceProvider();
        }

        var configuration = new ConfigurationManager();
        configuration.AddJsonFile("appsettings.json", optional: true);
        configuration.AddEnvironmentVariables();
        configuration.AddEnvironmentFallbacks();
        if (dataDirectory is not null)
            configuration["Embedded:DataDirectory"] = dataDirectory;

        if (!string.IsNullOrWhiteSpace(configuration["Embedded:DataDirectory"]))
            services.AddSqliteOperator(configuration);
        else if (!string.IsNullOrWhiteSpace(configuration["Kafka:BootstrapServers"]) || !string.IsNullOrWhiteSpace(configuration["MongoDb:ConnectionString"]))
            services.AddServers(configuration);
        else
            throw new SettingException(
                "Nothing says where the pipeline is: set Kafka__BootstrapServers and MongoDb__ConnectionString, or name the embedded pipeline's folder by --data DIR or Embedded__DataDirectory.");
        return services.BuildServiceProvider();
    }

    private static void AddServers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddKafkaLog(configuration, KafkaDelivery.GivesUp);
        services.AddMongoDbStores(configuration);
    }
}
