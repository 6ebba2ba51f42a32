using CustomEvents.IngestApi.Requests;
using Microsoft.Extensions.Primitives;

namespace CustomEvents.IngestApi.Authentication;

/// <summary>Reads <c>Authorization: Bearer &lt;key&gt;</c>.</summary>
internal static class BearerToken
{
    /// <summary>The longest key that is looked at; none that this system makes comes near.</summary>
    public const int MaxLength = 256;

    private const string Scheme = "Bearer ";

    /// <summary>False where there is no such header, more than one, another scheme, or nothing that could be a key.</summary>
    public static bool TryRead(StringValues authorization, out ReadOnlySpan<char> token)
    {
        token = default;
        if (authorization.Count != 1)
            return false;
        var value = authorization[0].AsSpan();
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        token = value[Scheme.Length..].Trim(' ');
        return VisibleAscii.IsValid(token, MaxLength);
    }
}
