using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite.Log;
using CustomEvents.Sqlite.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CustomEvents.Sqlite;

/// <summary>Puts the log and every store into one data folder.</summary>
public static class SqliteServiceCollectionExtensions
{
    /// <summary>
    /// The embedded pipeline's: takes the folder for this process alone, opens it before anything else starts (a <see cref="DataFolderException"/>
    /// ends the start), and deletes what was kept long enough.
    /// </summary>
    public static IServiceCollection AddSqlitePipeline(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHostedService<FolderOpening>();
        services.AddHostedService<Retention>();
        return services.AddFolder(configuration, FolderUse.Pipeline);
    }

    /// <summary>The operator's commands': opens the same files beside a running pipeline or without one, when they are first used.</summary>
    public static IServiceCollection AddSqliteOperator(this IServiceCollection services, IConfiguration configuration) =>
        services.AddFolder(configuration, FolderUse.Operator);

    private static IServiceCollection AddFolder(this IServiceCollection services, IConfiguration configuration, FolderUse use)
    {
        services.AddOptions<EmbeddedOptions>()
            .Bind(configuration.GetSection(EmbeddedOptions.Section))
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.DataDirectory),
                "Embedded__DataDirectory is empty: name the folder that holds the data, for example ./data.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static _ => new TopicNames { System = "sqlite" });
        services.AddSingleton(provider => new DataFolder(
            provider.GetRequiredService<IOptions<EmbeddedOptions>>(), use, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDependency, SqliteDependency>();

        services.AddSingleton<ILogWriter, SqliteLogWriter>();
        services.AddSingleton<ILogReaderFactory, SqliteLogReaderFactory>();
        services.AddSingleton<ILogInspector, SqliteLogInspector>();

        services.AddSingleton<ITenantStore, SqliteTenantStore>();
        services.AddSingleton<IClaimStore, SqliteClaimStore>();
        services.AddSingleton<ICustomerDirectory, SqliteCustomerDirectory>();
        services.AddSingleton<IProfileStore, SqliteProfileStore>();
        services.AddSingleton<IEventStore, SqliteEventStore>();
        services.AddSingleton<ICatalogStore, SqliteCatalogStore>();
        services.AddSingleton<SqliteRejectionStore>();
        services.AddSingleton<IRejectionStore>(provider => provider.GetRequiredService<SqliteRejectionStore>());
        services.AddSingleton<IEventReader, SqliteEventReader>();
        services.AddSingleton<ICustomerReader, SqliteCustomerReader>();
        services.AddSingleton<ISegmentReader, SqliteSegmentReader>();
        return services;
    }
}
