using Newtonsoft.Json;

namespace CustomEvents.Samples.DirectProducer;

/// <summary>A customer; at least one of the three identifiers is there.</summary>
public sealed class Customer
{
    /// <summary>24 hexadecimal digits.</summary>
    [JsonProperty("id")]
    public string? Id { get; init; }

    /// <summary>An e-mail address.</summary>
    [JsonProperty("email")]
    public string? Email { get; init; }

    /// <summary>E.164.</summary>
    [JsonProperty("phoneNumber")]
    public string? PhoneNumber { get; init; }

    /// <summary>The first name.</summary>
    [JsonProperty("firstName")]
    public string? FirstName { get; init; }
}
