using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CustomEvents.Pipeline.Running;

/// <summary>What the runners measure and trace. Names are OpenTelemetry's where it has one.</summary>
internal static class PipelineMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "CustomEvents.Pipeline";

    /// <summary>The name of the activity source.</summary>
    public const string ActivitySourceName = "CustomEvents.Pipeline";

    internal static readonly ActivitySource Activities = new(ActivitySourceName);

    private static readonly Meter Meter = new(MeterName);
    private static readonly ConcurrentDictionary<StageRunner, byte> Runners = new();

    internal static readonly Counter<long> Consumed =
        Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Records that were read.");

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "messaging.process.duration",
        "s",
        "From the taking up of a batch until it is durable downstream.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    internal static readonly Histogram<int> BatchSize = Meter.CreateHistogram(
        "custom_events.stage.batch.size",
        "{record}",
        "Records in a batch.",
        null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000] });

    internal static readonly Counter<long> Records =
        Meter.CreateCounter<long>("custom_events.stage.records", "{record}", "Records that are done, by stage and outcome.");

    internal static readonly Counter<long> Rejections =
        Meter.CreateCounter<long>("custom_events.stage.rejections", "{record}", "Records that were refused, by stage and code.");

    internal static readonly Counter<long> Retries =
        Meter.CreateCounter<long>("custom_events.stage.retries", "{attempt}", "Attempts that failed and are repeated, by stage.");

    static PipelineMetrics()
    {
        Meter.CreateObservableGauge(
            "custom_events.stage.lag", () => Runners.Keys.SelectMany(r => r.LagInRecords()), "{record}", "Records behind the end, by partition.");
        Meter.CreateObservableGauge(
            "custom_events.stage.lag.time", () => Runners.Keys.SelectMany(r => r.LagInSeconds()), "s", "Age of the oldest unfinished record since its receipt, by partition.");
        Meter.CreateObservableGauge(
            "custom_events.stage.bytes_in_flight", () => Runners.Keys.Select(r => r.MeasureBytesInFlight()), "By", "Bytes that the lanes hold.");
        Meter.CreateObservableGauge(
            "custom_events.stage.bytes_in_flight.limit", () => Runners.Keys.Select(r => r.MeasureBytesLimit()), "By", "Bytes that the lanes may hold, Stage__MaxBytesInFlight.");
        Meter.CreateObservableGauge(
            "custom_events.stage.store.share",
            () => Runners.Keys.SelectMany(r => r.MeasureStoreShares()),
            "1",
            "Share of the records of the last minute that are of one store, from 0 to 1; only stores with a tenth or more.");
    }

    internal static void Register(StageRunner runner) => Runners.TryAdd(runner, 0);

    internal static void Unregister(StageRunner runner) => Runners.TryRemove(runner, out _);
}
