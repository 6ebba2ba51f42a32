using CustomEvents.MongoDb;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;
using CustomEvents.Tests.Support;
using CustomEvents.Tests.Support.StoreSuites;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.MongoDb;

/// <summary>The adapter on a database of its own, dropped when closed.</summary>
internal static class OpenMongo
{
    public static ServiceProvider Services(string? database = null, string? connectionString = null) => new ServiceCollection()
        .AddMongoDbStores(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["MongoDb:ConnectionString"] = connectionString ?? TestServers.Mongo,
            ["MongoDb:Database"] = database ?? $"test_{Guid.NewGuid():N}",
        }).Build())
        .BuildServiceProvider();

    public static async Task<StoresUnderTest> StoresAsync()
    {
        var services = Services();
        await services.GetRequiredService<IDependency>().PrepareAsync(CancellationToken.None);
        return new StoresUnderTest(services, () => DropAsync(services));
    }

    public static async ValueTask DropAsync(ServiceProvider services)
    {
        var database = services.GetRequiredService<MongoDatabase>().Database;
        await database.Client.DropDatabaseAsync(database.DatabaseNamespace.DatabaseName);
        await services.DisposeAsync();
    }
}
