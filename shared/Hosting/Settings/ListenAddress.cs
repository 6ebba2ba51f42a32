using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace CustomEvents.Hosting.Settings;

/// <summary>
/// Where a service listens when <c>ASPNETCORE_URLS</c> says nothing: <c>127.0.0.1</c>, on 8080 or <c>INGEST_PORT</c> for the API and the
/// embedded pipeline, 8090 for the normalizer, 8091 for the persister (health and metrics alone).
/// </summary>
internal static class ListenAddress
{
    private static readonly string[] Names = ["urls", "http_ports", "https_ports"];

    /// <summary>A service's port by default.</summary>
    public static int DefaultPort(string service) => service switch
    {
        "normalizer" => 8090,
        "persister" => 8091,
        _ => 8080,
    };

    internal static void Apply(WebApplicationBuilder builder, string service)
    {
        var isGiven = Names.Any(name => !string.IsNullOrEmpty(builder.Configuration[name])) ||
            builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        if (isGiven)
            return;
        var port = DefaultPort(service);
        if (port == 8080 && builder.Configuration["INGEST_PORT"] is { Length: > 0 } given &&
            (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65_535))
        {
            throw new SettingException($"INGEST_PORT is '{given}': give a port of 1 to 65535, or leave it out for 8080.");
        }

        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
    }
}
