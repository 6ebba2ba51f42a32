using CustomEvents.Events;

namespace CustomEvents.IngestApi.Requests;

/// <summary>
/// Which endpoint a request asks for, contract section 1. The target is compared as it was sent and not as the server decoded it:
/// matched exactly means that another spelling (percent-encoded letters, dot segments, a trailing slash, another case) is another path.
/// </summary>
internal static class IngestRoute
{
    private const string Prefix = "/v2.2";
    private const string Stores = "/stores/";
    private const string Single = "/events";
    private const string Bulk = "/events/bulk";

    /// <summary>False where the target is neither of the two endpoints.</summary>
    /// <param name="rawTarget">The request's target with its query, in origin or absolute form.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="storeId">The store's id as it stands in the path.</param>
    public static bool TryMatch(ReadOnlySpan<char> rawTarget, out IngestEndpoint endpoint, out ReadOnlySpan<char> storeId)
    {
        endpoint = default;
        storeId = default;
        var path = PathOf(rawTarget);
        if (path.StartsWith(Prefix, StringComparison.Ordinal))
            path = path[Prefix.Length..];
        if (!path.StartsWith(Stores, StringComparison.Ordinal))
            return false;
        path = path[Stores.Length..];
        var slash = path.IndexOf('/');
        if (slash < 0 || !StoreId.IsValid(path[..slash]))
            return false;
        storeId = path[..slash];
        var rest = path[slash..];
        if (rest.SequenceEqual(Single))
            endpoint = IngestEndpoint.Single;
        else if (rest.SequenceEqual(Bulk))
            endpoint = IngestEndpoint.Bulk;
        else
            return false;
        return true;
    }

    /// <summary>The path of a target: without its query, and without scheme and authority where it is in absolute form (RFC 9112, 3.2.2).</summary>
    public static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> rawTarget)
    {
        if (!rawTarget.StartsWith('/'))
        {
            var scheme = rawTarget.IndexOf("://", StringComparison.Ordinal);
            if (scheme < 0)
                return rawTarget;
            rawTarget = rawTarget[(scheme + 3)..];
            var path = rawTarget.IndexOf('/');
            rawTarget = path < 0 ? "/" : rawTarget[path..];
        }

        var query = rawTarget.IndexOf('?');
        return query < 0 ? rawTarget : rawTarget[..query];
    }
}
