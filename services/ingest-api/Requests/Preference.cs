using Microsoft.Extensions.Primitives;

namespace CustomEvents.IngestApi.Requests;

/// <summary>The <c>Prefer</c> header of a request, RFC 7240.</summary>
internal static class Preference
{
    /// <summary>The value of <c>Preference-Applied</c> where <see cref="WantsRepresentation"/> holds.</summary>
    public const string ReturnRepresentation = "return=representation";

    /// <summary>
    /// Whether the client prefers <c>return=representation</c>. Where it names <c>return</c> more than once the first counts (RFC 7240,
    /// section 2); what is malformed is no preference.
    /// </summary>
    public static bool WantsRepresentation(StringValues prefer)
    {
        foreach (var header in prefer)
        {
            var rest = header.AsSpan();
            while (!rest.IsEmpty)
            {
                var preference = Next(ref rest, ',');
                var token = Next(ref preference, ';');
                var equals = token.IndexOf('=');
                var name = (equals < 0 ? token : token[..equals]).Trim(" \t");
                if (!name.Equals("return", StringComparison.OrdinalIgnoreCase))
                    continue;
                var value = equals < 0 ? [] : token[(equals + 1)..].Trim(" \t");
                if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
                    value = value[1..^1];
                return value.Equals("representation", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }

    /// <summary>Takes what stands before the next separator that is not inside a quoted string.</summary>
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest, char separator)
    {
        var quoted = false;
        for (var i = 0; i < rest.Length; i++)
        {
            if (quoted && rest[i] == '\\')
            {
                i++;
            }
            else if (rest[i] == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && rest[i] == separator)
            {
                var part = rest[..i];
                rest = rest[(i + 1)..];
                return part;
            }
        }

        var last = rest;
        rest = [];
        return last;
    }
}
