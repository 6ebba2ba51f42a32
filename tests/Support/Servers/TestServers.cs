namespace CustomEvents.Tests.Support;

/// <summary>
/// The real servers that tests may use: the one that an environment variable names, else a container where a Docker engine answers. Where neither
/// is to be had, the test that asks is reported as skipped with the reason.
/// </summary>
public static class TestServers
{
    /// <summary>The bootstrap servers of a Kafka cluster on which topics may be made and deleted.</summary>
    public static string Kafka => Required("KAFKA_BOOTSTRAP_SERVERS", "a Kafka broker", Containers.KafkaAsync);

    /// <summary>The connection string of a MongoDB server on which databases may be made and dropped.</summary>
    public static string Mongo => Required("MONGODB_URI", "a MongoDB server", Containers.MongoAsync);

    /// <summary>The base address of a server of the Confluent Schema Registry API.</summary>
    public static string SchemaRegistry
    {
        get
        {
            if (!HasSchemaRegistry && Containers.EngineAnswers)
                Assert.Ignore("This test needs a schema registry beside the Kafka that KAFKA_BOOTSTRAP_SERVERS names: SCHEMA_REGISTRY_URL names none.");
            return Required("SCHEMA_REGISTRY_URL", "a schema registry", Containers.SchemaRegistryAsync);
        }
    }

    /// <summary>Whether the services of a fixture get a registry: the one that is named, or one beside Kafka in a container.</summary>
    public static bool HasSchemaRegistry => Has("SCHEMA_REGISTRY_URL") || (!Has("KAFKA_BOOTSTRAP_SERVERS") && Containers.EngineAnswers);

    /// <summary>The address of a Redis server, <c>redis://host:port</c>.</summary>
    public static string Redis => Required("REDIS_URL", "a Redis server", Containers.RedisAsync);

    /// <summary>Whether a variable names a server: for fixtures that only some of their tests need one.</summary>
    public static bool Has(string variable) => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(variable));

    private static string Required(string variable, string what, Func<Task<string>> start)
    {
        if (Has(variable))
            return Environment.GetEnvironmentVariable(variable)!;
        if (!Containers.EngineAnswers)
            Assert.Ignore($"This test needs {what}: {variable} names none, and no Docker engine answers.");
        return Task.Run(start).GetAwaiter().GetResult();
    }
}
