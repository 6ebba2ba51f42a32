using Microsoft.Extensions.Primitives;

namespace CustomEvents.IngestApi.Requests;

/// <summary>The media type of a request, contract section 2: <c>application/json</c>, with no parameter but <c>charset=utf-8</c>.</summary>
internal static class MediaType
{
    private const string Json = "application/json";

    /// <summary>Whether the header's value is that media type, by the grammar of RFC 9110, 8.3.1.</summary>
    public static bool IsJson(StringValues contentType)
    {
        if (contentType.Count != 1)
            return false;
        var rest = contentType[0].AsSpan();
        if (rest.SequenceEqual(Json))
            return true;
        rest = rest.Trim(" \t");
        if (!rest.StartsWith(Json, StringComparison.OrdinalIgnoreCase))
            return false;
        rest = rest[Json.Length..];
        var charsetSeen = false;
        while (true)
        {
            rest = rest.TrimStart(" \t");
            if (rest.IsEmpty)
                return true;
            if (rest[0] != ';')
                return false;
            rest = rest[1..].TrimStart(" \t");
            var end = rest.IndexOf(';');
            var parameter = (end < 0 ? rest : rest[..end]).TrimEnd(" \t");
            rest = end < 0 ? [] : rest[end..];
            if (parameter.IsEmpty)
                continue;
            if (charsetSeen || !IsUtf8(parameter))
                return false;
            charsetSeen = true;
        }
    }

    private static bool IsUtf8(ReadOnlySpan<char> parameter) =>
        parameter.Equals("charset=utf-8", StringComparison.OrdinalIgnoreCase)
        || parameter.Equals("charset=\"utf-8\"", StringComparison.OrdinalIgnoreCase);
}
