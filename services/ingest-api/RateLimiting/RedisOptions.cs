namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>The settings of the section <c>Redis</c>: where several instances of the API keep one limit together (contract section 4).</summary>
internal sealed class RedisOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Redis";

    /// <summary>
    /// The server, as StackExchange.Redis writes it (<c>host:port,password=...,ssl=true</c>) or as an address
    /// (<c>redis://:password@host:port/0</c>, <c>rediss://</c> for TLS). Default: empty, which means none; each instance then keeps a limit of
    /// its own. A value that is neither stops the start.
    /// </summary>
    public string Configuration { get; set; } = "";

    /// <summary>
    /// How long a request waits for Redis before this instance decides by itself. Default 50 ms, from 1 ms to 1 s. A smaller value falls back
    /// for every hiccup of the network, a larger one makes requests wait when Redis hangs, once until the hang is noticed.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(50);
}
