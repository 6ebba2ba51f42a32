namespace CustomEvents.MongoDb.Server;

/// <summary>Where the stores are: configuration section <c>MongoDb</c>.</summary>
public sealed class MongoDbOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MongoDb";

    /// <summary>
    /// A MongoDB connection string; TLS, credentials and the rest are given in it. Write and read concern are the pipeline's
    /// own (majority), whatever it says: with less, an acknowledged event could be lost in an election.
    /// </summary>
    public string ConnectionString { get; set; } = "mongodb://localhost:27017";

    /// <summary>The database of all collections. Two pipelines with one database are one pipeline.</summary>
    public string Database { get; set; } = "custom_events";
}
