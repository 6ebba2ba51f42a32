using CustomEvents.Hosting.Health;
using CustomEvents.Hosting.Settings;
using CustomEvents.Hosting.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace CustomEvents.Hosting;

/// <summary>What every service starts with: settings, logs, telemetry, health, and an orderly end.</summary>
public static class ServiceDefaults
{
    /// <summary>
    /// Adds it. Logs are lines on stdout (<c>Logging__Console__FormatterName=json</c> makes each a JSON object, with its trace among the scopes); metrics stand at
    /// <c>/metrics</c>; metrics, traces and logs leave by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. The service listens where
    /// <c>ASPNETCORE_URLS</c> says, else on <see cref="ListenAddress"/>'s default for its name.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="name">Its name in telemetry, such as <c>normalizer</c>.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string name)
    {
        builder.Configuration.AddEnvironmentFallbacks();
        ListenAddress.Apply(builder, name);
        AddLogs(builder);
        builder.AddTelemetry(name);

        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<DependencyMonitor>();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<ReadinessMetrics>();
        builder.Services.AddSingleton<ServiceFailure>();
        builder.Services.AddHostedService(static provider => provider.GetRequiredService<DependencyMonitor>());
        return builder;
    }

    /// <summary>
    /// Answers <c>/healthz/live</c> (200 while the process serves), <c>/healthz/ready</c> (200, or 503 with what is wrong), and <c>/metrics</c>.
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.MapGet("/healthz/live", static () => Results.Json(new LiveAnswer("live"), HealthJson.Default.LiveAnswer));
        app.MapGet("/healthz/ready", static (Readiness readiness) =>
        {
            var answer = ReadyAnswer.Of(readiness.Sources);
            return Results.Json(answer, HealthJson.Default.ReadyAnswer, statusCode: answer.IsReady ? 200 : 503);
        });
        app.MapPrometheusScrapingEndpoint();
        // Made for its instruments alone; nobody else asks for it.
        app.Services.GetRequiredService<ReadinessMetrics>();
        return app;
    }

    private static void AddLogs(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole();
        // What keeps the service from starting is told once, by Service.RunAsync, and not after the host's own stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Unnamed, the formatter would take its options from obsolete properties and not from those below.
        builder.Services.PostConfigure<ConsoleLoggerOptions>(static options => options.FormatterName ??= ConsoleFormatterNames.Simple);
        builder.Services.Configure<SimpleConsoleFormatterOptions>(static options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            options.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });
        builder.Services.Configure<JsonConsoleFormatterOptions>(static options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            options.IncludeScopes = true;
        });
    }
}
