namespace CustomEvents.IngestApi.Bodies;

/// <summary>How a body is compressed, contract section 2.</summary>
internal enum ContentCoding
{
    /// <summary>Not at all.</summary>
    Identity,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 7932.</summary>
    Brotli,

    /// <summary>RFC 8878.</summary>
    Zstandard,

    /// <summary>The format of zlib, RFC 1950, as RFC 9110 defines <c>deflate</c>.</summary>
    Deflate,
}
