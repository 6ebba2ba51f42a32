namespace CustomEvents.Tests.Support;

/// <summary>
/// The real servers that tests may use, named by environment variables. Where one is not named, the test that asks for it is
/// reported as skipped with the reason.
/// </summary>
public static class TestServers
{
    /// <summary>The bootstrap servers of a Kafka cluster on which topics may be made and deleted.</summary>
    public static string Kafka => Required("KAFKA_BOOTSTRAP_SERVERS", "a Kafka broker");

    /// <summary>The connection string of a MongoDB server on which databases may be made and dropped.</summary>
    public static string Mongo => Required("MONGODB_URI", "a MongoDB server");

    /// <summary>The base address of a server of the Confluent Schema Registry API.</summary>
    public static string SchemaRegistry => Required("SCHEMA_REGISTRY_URL", "a schema registry");

    /// <summary>The StackExchange.Redis configuration of a Redis server.</summary>
    public static string Redis => Required("REDIS_URL", "a Redis server");

    /// <summary>Whether a variable names a server: for fixtures that only some of their tests need one.</summary>
    public static bool Has(string variable) => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(variable));

    private static string Required(string variable, string what)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrWhiteSpace(value))
            Assert.Ignore($"This test needs {what}, and {variable} names none.");

        return value!;
    }
}
