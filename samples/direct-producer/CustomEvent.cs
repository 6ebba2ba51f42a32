using Newtonsoft.Json;

namespace CustomEvents.Samples.DirectProducer;

/// <summary>What this producer sends of an event; docs/api.md has every field.</summary>
public sealed class CustomEvent
{
    /// <summary>1 to 255 characters.</summary>
    [JsonProperty("eventName")]
    public required string EventName { get; init; }

    /// <summary>Whose it is.</summary>
    [JsonProperty("customer")]
    public required Customer Customer { get; init; }

    /// <summary>Its properties: strings, numbers, booleans and dates are segmentable.</summary>
    [JsonProperty("data")]
    public IReadOnlyDictionary<string, object>? Data { get; init; }

    /// <summary>When it happened; without it, when it was received.</summary>
    [JsonProperty("eventTimestamp")]
    public DateTimeOffset? EventTimestamp { get; init; }

    /// <summary>The first event of a store with it is stored, every later one is dropped.</summary>
    [JsonProperty("uniqueId")]
    public string? UniqueId { get; init; }
}
