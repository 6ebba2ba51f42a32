using System.Diagnostics.Metrics;

namespace CustomEvents.Hosting.Health;

/// <summary>Readiness as a metric: who watches the metrics alone sees what is not ready, and for how long.</summary>
internal sealed class ReadinessMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CustomEvents.Hosting";

    public ReadinessMetrics(Readiness readiness, IMeterFactory meters) => meters.Create(MeterName).CreateObservableGauge(
        "custom_events.ready",
        () => readiness.Sources.Select(static source => new Measurement<int>(
            source.Problem is null ? 1 : 0, new("custom_events.part", source.Name), new("custom_events.required", source.IsRequired ? "true" : "false"))),
        "1",
        "Whether a part of the service is ready, 1 or 0: what it needs, and each of its stages.");
}
