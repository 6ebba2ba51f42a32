using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Networks;
using Testcontainers.Kafka;
using Testcontainers.MongoDb;

namespace CustomEvents.Tests.Support;

/// <summary>Servers in containers, each started once for a test process, by the first test that asks; Testcontainers removes them when it ends.</summary>
public static class Containers
{
    private static readonly Lazy<bool> Engine = new(Probe);
    private static readonly Lazy<Task<INetwork>> Network = new(async () =>
    {
        var network = new NetworkBuilder().Build();
        await network.CreateAsync();
        return network;
    });

    private static readonly Lazy<Task<string>> Kafka = new(async () =>
    {
        var kafka = new KafkaBuilder(Image("KAFKA_IMAGE")).WithNetwork(await Network.Value).WithListener("kafka:19092").Build();
        await kafka.StartAsync();
        return kafka.GetBootstrapAddress().Replace("PLAINTEXT://", "", StringComparison.OrdinalIgnoreCase).TrimEnd('/');
    });

    private static readonly Lazy<Task<string>> Mongo = new(async () =>
    {
        var mongo = new MongoDbBuilder(Image("MONGO_IMAGE")).Build();
        await mongo.StartAsync();
        return mongo.GetConnectionString();
    });

    private static readonly Lazy<Task<string>> SchemaRegistry = new(async () =>
    {
        await Kafka.Value;
        var registry = new ContainerBuilder(Image("SCHEMA_REGISTRY_IMAGE"))
            .WithNetwork(await Network.Value)
            .WithPortBinding(8081, true)
            .WithEnvironment("SCHEMA_REGISTRY_HOST_NAME", "schema-registry")
            .WithEnvironment("SCHEMA_REGISTRY_LISTENERS", "http://0.0.0.0:8081")
            .WithEnvironment("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS", "PLAINTEXT://kafka:19092")
            .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(static request => request.ForPort(8081).ForPath("/subjects")))
            .Build();
        await registry.StartAsync();
        return $"http://{registry.Hostname}:{registry.GetMappedPublicPort(8081)}";
    });

    private static readonly Lazy<Task<string>> Redis = new(async () =>
    {
        var redis = new ContainerBuilder(Image("REDIS_IMAGE"))
            .WithPortBinding(6379, true)
            .WithWaitStrategy(Wait.ForUnixContainer().UntilCommandIsCompleted("redis-cli", "ping"))
            .Build();
        await redis.StartAsync();
        return $"redis://{redis.Hostname}:{redis.GetMappedPublicPort(6379)}";
    });

    /// <summary>Whether a Docker engine is there.</summary>
    public static bool EngineAnswers => Engine.Value;

    /// <summary>A broker's bootstrap address.</summary>
    public static Task<string> KafkaAsync() => Kafka.Value;

    /// <summary>A server's connection string.</summary>
    public static Task<string> MongoAsync() => Mongo.Value;

    /// <summary>A replica set of its own, for a test that does something to it; it ends when the test disposes of it.</summary>
    public static async Task<MongoDbContainer> StartReplicaSetAsync()
    {
        var mongo = new MongoDbBuilder(Image("MONGO_IMAGE")).WithReplicaSet("rs0").Build();
        await mongo.StartAsync();
        return mongo;
    }

    /// <summary>A registry's address.</summary>
    public static Task<string> SchemaRegistryAsync() => SchemaRegistry.Value;

    /// <summary>A Redis's address.</summary>
    public static Task<string> RedisAsync() => Redis.Value;

    /// <summary>The image of a name in <c>compose/.env</c>, where every image is named; the environment overrides it.</summary>
    public static string Image(string name)
    {
        if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } given)
            return given;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "compose", ".env");
            if (File.Exists(file))
                return File.ReadLines(file).Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];
        }

        throw new FileNotFoundException("compose/.env is in no folder above the tests.");
    }

    private static bool Probe()
    {
        try
        {
            // Building is when Testcontainers looks for an engine; nothing is started.
            _ = new NetworkBuilder().Build();
            return true;
        }
        catch (DockerUnavailableException)
        {
            return false;
        }
    }
}
