namespace CustomEvents.IngestApi;

/// <summary>The settings of the section <c>RateLimit</c>: contract section 4.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "RateLimit";

    /// <summary>How many requests a second each store may send to each endpoint. Default 100; 1 to 1,000,000.</summary>
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>How many requests may come at once after a pause. Default 100; 1 to 1,000,000.</summary>
    public int Burst { get; set; } = 100;
}
