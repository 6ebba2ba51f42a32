namespace CustomEvents.IngestApi;

/// <summary>The settings of the section <c>Ingest</c>.</summary>
public sealed class IngestOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Ingest";

    /// <summary>The smallest sensible <see cref="MaxBytesInFlight"/>: one compressed bulk body of the largest size while it is unpacked.</summary>
    public const long LeastBytesInFlight = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of request bodies in memory at once, in all requests together; above it a request is answered with 503 before its body is
    /// read. Default 128 MiB, at least 64 MiB. Too small a value refuses requests, too large a one lets the process outgrow its memory.
    /// </summary>
    public long MaxBytesInFlight { get; set; } = 128 * 1024 * 1024;

    /// <summary>
    /// How long what the store of keys said about a key is taken as true. Default 2 s, from 0.1 s to 4 s: a revocation has to work
    /// within 5 s (contract section 3). A smaller value asks the store more often.
    /// </summary>
    public TimeSpan KeyFreshFor { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Connections that are open at once; further ones are closed at once. Default 10,000.</summary>
    public long MaxConnections { get; set; } = 10_000;
}
