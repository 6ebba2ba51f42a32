namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>The environment of a program: what the machine gives, without any setting of a pipeline, and the deployment's own settings.</summary>
internal static class Environments
{
    private static readonly string[] Sections =
        ["Kafka__", "MongoDb__", "SchemaRegistry__", "Redis__", "RateLimit__", "Ingest__", "Stage__", "Embedded__", "ASPNETCORE_", "OTEL_", "Logging__"];

    private static readonly string[] Names = ["KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "SCHEMA_REGISTRY_URL", "REDIS_URL", "INGEST_PORT"];

    public static void Prepare(IDictionary<string, string?> environment, IReadOnlyDictionary<string, string> settings)
    {
        foreach (var name in environment.Keys.ToArray())
        {
            if (Names.Contains(name) || Sections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase)))
                environment.Remove(name);
        }

        foreach (var (name, value) in settings)
            environment[name] = value;
    }
}
