using System.Diagnostics.Metrics;

namespace CustomEvents.Pipeline.Stages;

/// <summary>What the stages count beside the runner's own metrics.</summary>
internal static class PipelineCounters
{
    private static readonly Meter Meter = new("CustomEvents.Pipeline.Stages");

    /// <summary>Profile patches that found no customer.</summary>
    public static Counter<long> MissingCustomers { get; } = Meter.CreateCounter<long>(
        "custom_events.profiles.missing_customers", "{patch}", "Profile patches that found no customer.");
}
