using CustomEvents.Bench.Load;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Measuring;

/// <summary>How long after its 202 an event is readable, while a steady 1,000 a second come on a schedule that nothing holds up.</summary>
internal sealed class FreshnessMeasurement(BenchOptions options)
{
    private const int Rate = 1_000;
    private const int Stores = 400;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var deployment = new Deployment(options);
        await deployment.CreateStoresAsync(Stores);
        var api = await deployment.StartAsync("ingest-api");
        await deployment.StartAsync("normalizer");
        await deployment.StartAsync("persister");
        var warm = Load(options.Seconds(6), 0) with { IsWarmUp = true };
        await LoadGenerator.RunApartAsync(warm);
        var result = await LoadGenerator.RunApartAsync(Load(options.Seconds(20), warm.Requests));
        return
        [
            Row.AtMost("freshness, 202 to readable, at 1,000 events a second: p50", result.ReadableP50, "ms", 60),
            Row.AtMost("freshness, 202 to readable, at 1,000 events a second: p99", result.ReadableP99, "ms", 400),
            Row.Of("freshness: request to 202, p99", result.P99, "ms"),
        ];

        // As many requests as are sent, so that none is sent twice.
        LoadSpec Load(double seconds, long first) => new()
        {
            Address = api.Address.ToString(),
            Stores = Stores,
            Rate = Rate,
            Seconds = seconds,
            Requests = (int)Math.Ceiling(seconds * Rate / Stores) * Stores,
            First = first,
            LookFor = new StoredIn(deployment.MongoUri, deployment.Database.DatabaseNamespace.DatabaseName),
        };
    }
}
