namespace CustomEvents.Kafka;

/// <summary>The section <c>SchemaRegistry</c>.</summary>
public sealed class SchemaRegistryOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "SchemaRegistry";

    /// <summary>The base address of a server of the Confluent Schema Registry API; several, separated by commas. Empty: none, and nothing is registered. Default empty.</summary>
    public string Url { get; set; } = "";

    /// <summary>Properties of Confluent's registry client, by its names (<c>schema.registry.basic.auth.user.info</c> and the like); <c>_</c> stands for the dot.</summary>
    public Dictionary<string, string> Client { get; set; } = [];
}
