using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CustomEvents.Hosting;

/// <summary>Metrics, traces and logs by OpenTelemetry.</summary>
internal static class Telemetry
{
    /// <summary>Every meter and every source of the project is named so.</summary>
    private const string OwnNames = "CustomEvents.*";

    /// <summary>
    /// ASP.NET Core's own meters. <c>AddAspNetCoreInstrumentation</c> would put each request through a step more, to name the status of a 5xx in <c>error.type</c> as well.
    /// </summary>
    private static readonly string[] WebServer = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>The driver's own traces; the name is part of its public interface (<c>MongoTelemetry.ActivitySourceName</c>).</summary>
    private const string MongoDriver = "MongoDB.Driver";

    public static void AddTelemetry(this WebApplicationBuilder builder, string name)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(name, serviceNamespace: "custom-events", serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}"))
            .WithMetrics(static metrics => metrics
                .AddMeter([OwnNames, .. WebServer])
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());

        // Where nothing takes traces, recording them would cost every event and tell nobody.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        telemetry
            .WithTracing(static traces => traces
                .AddSource(OwnNames, MongoDriver)
                .AddAspNetCoreInstrumentation(static options => options.Filter = static context =>
                    !context.Request.Path.StartsWithSegments("/healthz") && !context.Request.Path.StartsWithSegments("/metrics")))
            .WithLogging()
            .UseOtlpExporter();
    }
}
