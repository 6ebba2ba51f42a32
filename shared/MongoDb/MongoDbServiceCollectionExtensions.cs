using CustomEvents.MongoDb.Server;
using CustomEvents.MongoDb.Stores;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CustomEvents.MongoDb;

/// <summary>Puts MongoDB behind the stores' ports.</summary>
public static class MongoDbServiceCollectionExtensions
{
    /// <summary>Registers every store, and the dependency <c>mongodb</c>. Settings: <see cref="MongoDbOptions"/>, checked at start.</summary>
    public static IServiceCollection AddMongoDbStores(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MongoDbOptions>().Bind(configuration.GetSection(MongoDbOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MongoDbOptions>, MongoDbOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MongoDatabase>();
        services.AddSingleton<IDependency, MongoDependency>();
        services.AddSingleton<ITenantStore, MongoTenantStore>();
        services.AddSingleton<IClaimStore, MongoClaimStore>();
        services.AddSingleton<ICustomerDirectory, MongoCustomerDirectory>();
        services.AddSingleton<IProfileStore, MongoProfileStore>();
        services.AddSingleton<IEventStore, MongoEventStore>();
        services.AddSingleton<ICatalogStore, MongoCatalogStore>();
        services.AddSingleton<IRejectionStore, MongoRejectionStore>();
        services.AddSingleton<IEventReader, MongoEventReader>();
        services.AddSingleton<ICustomerReader, MongoCustomerReader>();
        services.AddSingleton<ISegmentReader, MongoSegmentReader>();
        return services;
    }
}
