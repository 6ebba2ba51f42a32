using CustomEvents.Bench.Load;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Measuring;

/// <summary>
/// How long after its 202 an event is readable, while a steady 1,000 a second come on a schedule that nothing holds up; before that at a fifth of it, which says what it takes
/// where the machine, with the servers, is not at its limit.
/// </summary>
internal sealed class FreshnessMeasurement(BenchOptions options)
{
    private const int Rate = 1_000;
    private const int QuietRate = 200;
    private const int Stores = 400;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var deployment = new Deployment(options);
        await deployment.CreateStoresAsync(Stores);
        var api = await deployment.StartAsync("ingest-api");
        await deployment.StartAsync("normalizer");
        await deployment.StartAsync("persister");
        // What runs for long is compiled for good: a backlog brings the workers there soonest.
        var backlog = options.Count(40_000, Stores) / Stores * Stores;
        var workload = new Workload(Stores, 20_000);
        deployment.Produce(workload, workload.Event, 1_000_000_000_000, backlog);
        await deployment.WaitUntilStoredAsync(backlog);
        var sent = 0L;
        await RunAsync(Rate, options.Seconds(6), isWarmUp: true);
        var quiet = await RunAsync(QuietRate, options.Seconds(15));
        var result = await RunAsync(Rate, options.Seconds(20));
        return
        [
            Row.AtMost("freshness, 202 to readable, at 1,000 events a second: p50", LoadResult.Percentile(result.Freshness, 0.5), "ms", 60),
            Row.AtMost("freshness, 202 to readable, at 1,000 events a second: p99", LoadResult.Percentile(result.Freshness, 0.99), "ms", 400),
            Row.Of("freshness: request to 202, p99", LoadResult.Percentile(result.Latencies, 0.99), "ms"),
            Row.Of("freshness, 202 to readable, at 200 events a second: p50", LoadResult.Percentile(quiet.Freshness, 0.5), "ms"),
            Row.Of("freshness, 202 to readable, at 200 events a second: p99", LoadResult.Percentile(quiet.Freshness, 0.99), "ms"),
        ];

        async Task<LoadResult> RunAsync(int rate, double seconds, bool isWarmUp = false)
        {
            // As many requests as are sent, so that none is sent twice.
            var load = new LoadSpec
            {
                Address = api.Address.ToString(),
                Stores = Stores,
                Rate = rate,
                Seconds = seconds,
                Requests = (int)Math.Ceiling(seconds * rate / Stores) * Stores,
                First = sent,
                LookFor = new StoredIn(deployment.MongoUri, deployment.Database.DatabaseNamespace.DatabaseName),
                IsWarmUp = isWarmUp,
            };
            sent += load.Requests;
            return await LoadGenerator.RunApartAsync(load);
        }
    }
}
