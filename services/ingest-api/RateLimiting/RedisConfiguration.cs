using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>Reads <c>Redis__Configuration</c>, in either of its forms.</summary>
internal static class RedisConfiguration
{
    private const int DefaultPort = 6379;
    private const int ReconnectMilliseconds = 1_000;

    /// <summary>Null where the text names no server that could be connected to.</summary>
    public static ConfigurationOptions? TryParse(string text)
    {
        var options = text.Contains("://", StringComparison.Ordinal) ? ParseAddress(text) : ParseOptions(text);
        if (options is null || options.EndPoints.Count == 0 || !options.EndPoints.All(IsUsable))
            return null;
        // A limiter has no use for a late answer: what cannot be sent now fails now.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        options.ClientName ??= "custom-events-ingest-api";
        return options;
    }

    /// <summary>
    /// The text without what is or may be a secret: who is named before an <c>@</c>, and all from the first value of an option on, since a
    /// malformed text may hide a password behind a misspelt name.
    /// </summary>
    public static string Redact(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0;
        var host = text.LastIndexOf('@') + 1;
        var shown = host > scheme ? string.Concat(text.AsSpan(0, scheme), "***@", text.AsSpan(host)) : text;
        var value = shown.IndexOf('=', StringComparison.Ordinal) + 1;
        return value > 0 ? string.Concat(shown.AsSpan(0, value), "***") : shown;
    }

    private static ConfigurationOptions? ParseOptions(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text);
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static ConfigurationOptions? ParseAddress(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("redis" or "rediss") || address.Host.Length == 0
            || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            return null;
        }

        var options = new ConfigurationOptions { Ssl = address.Scheme == "rediss" };
        options.EndPoints.Add(address.DnsSafeHost, address.Port > 0 ? address.Port : DefaultPort);
        var user = address.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            options.User = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            options.Password = Uri.UnescapeDataString(user[1]);
        var path = address.AbsolutePath.Trim('/');
        if (path.Length == 0)
            return options;
        if (!int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out var database))
            return null;
        options.DefaultDatabase = database;
        return options;
    }

    private static bool IsUsable(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => Uri.CheckHostName(dns.Host) != UriHostNameType.Unknown && dns.Port is >= 0 and <= IPEndPoint.MaxPort,
        _ => true,
    };
}
