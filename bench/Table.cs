using CustomEvents.Bench.Measuring;
using CustomEvents.Bench.Parsing;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench;

/// <summary>The measurements in their order: quiet ones first, and what has to be compared close together.</summary>
internal static class Table
{
    /// <returns>0, or 1 where a measurement failed; a bar that is not met is no failure.</returns>
    public static async Task<int> RunAsync(BenchOptions options)
    {
        var report = new Report(options);
        var servers = Lacking();
        var http = new HttpMeasurements(options);
        var drains = new DrainMeasurements(options);
        await report.MeasureAsync("parse", "Events: parse, validate and type one event", null, () => ParseAsync(options));
        await report.MeasureAsync("embedded", "embedded pipeline", null, new EmbeddedMeasurement(options).RunAsync);
        await report.MeasureAsync("single", "HTTP single", servers, http.SingleAsync);
        await report.MeasureAsync("bulk", "HTTP bulk of 100", servers, http.BulkAsync);
        await report.MeasureAsync("drain", "drain of raw events to fully stored", servers, drains.DrainAsync);
        await report.MeasureAsync("hot", "drain of one hot store", servers, drains.HotStoreAsync);
        await report.MeasureAsync("duplicates", "drain of which 90 % are duplicates", servers, drains.DuplicatesAsync);
        await report.MeasureAsync("normalizer", "normalizer alone", servers, new NormalizerMeasurement(options).RunAsync);
        await report.MeasureAsync("freshness", "freshness at 1,000 events a second", servers, new FreshnessMeasurement(options).RunAsync);
        report.Write("bench");
        return report.IsWhole ? 0 : 1;
    }

    /// <summary>What takes longer than ten minutes.</summary>
    public static async Task<int> RunLongAsync(BenchOptions options)
    {
        var report = new Report(options);
        var drains = new DrainMeasurements(options);
        await report.MeasureAsync("long", "long drain", Lacking(), drains.LongAsync);
        await report.MeasureAsync("memory", "memory in a long drain", Lacking(), drains.MemoryAsync);
        report.Write("bench-long");
        return report.IsWhole ? 0 : 1;
    }

    private static async Task<IReadOnlyList<Row>> ParseAsync(BenchOptions options)
    {
        var result = await ChildProcess.RunAsync<ParseSpec, ParseResult>(ChildProcess.ParseRole, new ParseSpec(options.Count(8, 1)));
        return
        [
            Row.AtMostOfFloor("Events: parse, validate and type one event", result.Parse, "ns", result.BareReader, 3),
            Row.AtMost("Events: allocated", result.Allocated, "bytes an event", 1_024),
        ];
    }

    private static string? Lacking() => (BenchOptions.KafkaServers, BenchOptions.MongoUri) switch
    {
        (not null, not null) => null,
        (null, not null) => "KAFKA_BOOTSTRAP_SERVERS",
        (not null, null) => "MONGODB_URI",
        (null, null) => "KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI",
    };
}
