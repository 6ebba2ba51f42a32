using System.Globalization;
using CustomEvents.Hosting.Settings;

namespace CustomEvents.Hosting.Health;

/// <summary>
/// Asks a service of this machine whether it is ready, for a container's <c>HEALTHCHECK</c>: the images have neither a shell nor curl, so that a
/// program is called a second time, with <c>--healthcheck</c>, and asks the first.
/// </summary>
internal static class HealthProbe
{
    /// <summary>The command line's word for it.</summary>
    public const string Argument = "--healthcheck";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>0 where <c>/healthz/ready</c> answers 200; else 1, and the answer on stdout, where <c>docker inspect</c> shows it.</summary>
    /// <param name="service">The service's name, for its port by default.</param>
    public static async Task<int> RunAsync(string service)
    {
        using var http = new HttpClient { Timeout = Limit };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{Port(service)}/healthz/ready"));
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            await Console.Out.WriteLineAsync(away.Message);
            return 1;
        }
    }

    /// <summary>The first port that <c>ASPNETCORE_HTTP_PORTS</c> or <c>ASPNETCORE_URLS</c> names, else the service's default.</summary>
    internal static int Port(string service)
    {
        var given = Environment.GetEnvironmentVariable("ASPNETCORE_URLS") is { Length: > 0 } urls
            ? urls.Split(';')[0].TrimEnd('/').Split(':')[^1]
            : Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS")?.Split(';')[0];
        return int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : ListenAddress.DefaultPort(service);
    }
}
