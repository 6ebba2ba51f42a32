using System.Diagnostics.Metrics;

namespace CustomEvents.Pipeline.Stages;

/// <summary>What the stages count beside the runner's own metrics.</summary>
internal static class PipelineCounters
{
    private static readonly Meter Meter = new("CustomEvents.Pipeline.Stages");

    /// <summary>Events that became readable, each once.</summary>
    public static Counter<long> Persisted { get; } = Meter.CreateCounter<long>(
        "custom_events.events.persisted", "{event}", "Events that were stored, each once however often it was read.");

    /// <summary>How long events took from their receipt until they were readable.</summary>
    public static Histogram<double> Freshness { get; } = Meter.CreateHistogram(
        "custom_events.freshness",
        "s",
        "From the receipt of an event until it is readable; replays are left out.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600] });

    /// <summary>Profile patches that found no customer.</summary>
    public static Counter<long> MissingCustomers { get; } = Meter.CreateCounter<long>(
        "custom_events.profiles.missing_customers", "{patch}", "Profile patches that found no customer.");
}
