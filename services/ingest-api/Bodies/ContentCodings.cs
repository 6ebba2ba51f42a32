using Microsoft.Extensions.Primitives;

namespace CustomEvents.IngestApi.Bodies;

/// <summary>Reads <c>Content-Encoding</c>.</summary>
internal static class ContentCodings
{
    /// <summary>The codings that a body may have, for <c>Accept-Encoding</c> of the answer to another one.</summary>
    public const string Accepted = "gzip, br, zstd, deflate";

    /// <summary>False for a coding that is not known, and for more than one.</summary>
    public static bool TryRead(StringValues contentEncoding, out ContentCoding coding)
    {
        coding = ContentCoding.Identity;
        foreach (var header in contentEncoding)
        {
            foreach (var range in header.AsSpan().Split(','))
            {
                var name = header.AsSpan(range.Start.Value, range.End.Value - range.Start.Value).Trim(" \t");
                if (name.IsEmpty || name.Equals("identity", StringComparison.OrdinalIgnoreCase))
                    continue;
                if (coding != ContentCoding.Identity)
                    return false;
                if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase))
                    coding = ContentCoding.Gzip;
                else if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
                    coding = ContentCoding.Brotli;
                else if (name.Equals("zstd", StringComparison.OrdinalIgnoreCase))
                    coding = ContentCoding.Zstandard;
                else if (name.Equals("deflate", StringComparison.OrdinalIgnoreCase))
                    coding = ContentCoding.Deflate;
                else
                    return false;
            }
        }

        return true;
    }
}
