using System.Text.Json;
using CustomEvents.Bench.Floors;
using CustomEvents.Bench.Load;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;
using MongoDB.Bson;

namespace CustomEvents.Bench.Measuring;

/// <summary>
/// How long after its 202 an event is readable, while a steady 1,000 a second come on a schedule that nothing holds up; before that at a fifth of it, which says what it takes
/// where the machine, with the servers, is not at its limit. Then the same of a floor, which says what this machine with these servers gives at best.
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
        var (normalizer, persister) = (await deployment.StartAsync("normalizer"), await deployment.StartAsync("persister"));
        // What runs for long is compiled for good: a backlog brings the workers there soonest.
        var backlog = options.Count(40_000, Stores) / Stores * Stores;
        var workload = new Workload(Stores, 20_000);
        deployment.Produce(workload, workload.Event, 1_000_000_000_000, backlog);
        await deployment.WaitUntilStoredAsync(backlog);
        var (quiet, result) = await LoadAsync(api, deployment.Database.DatabaseNamespace.DatabaseName);

        foreach (var service in new[] { api, normalizer, persister })
            service.Pause();
        var database = deployment.NewDatabase("floor");
        foreach (var name in MongoFloor.Collections)
            await MongoFloor.CopyIndexesAsync(deployment.Database.GetCollection<BsonDocument>(name), deployment.Database.Client.GetDatabase(database));
        // They are there already, as those of the pipeline are: an event changes one, and makes none.
        await deployment.Database.Client.GetDatabase(database).GetCollection<BsonDocument>("customers").InsertManyAsync(
            Enumerable.Range(0, workload.Customers).Select(number => StoringFloor.Customer(workload.StoreOf(number), workload.EmailOf(number))));
        using var floor = await ServiceProcess.StartRoleAsync(
            ChildProcess.HttpFloorRole, JsonSerializer.Serialize(new HttpFloorSpec(deployment.Kafka, await deployment.CreateTopicAsync("floor"), database)));
        var (quietFloor, resultFloor) = await LoadAsync(floor, database);
        return
        [
            Row.AtMostBeside("freshness, 202 to readable, at 1,000 events a second: p50", Of(result, 0.5), "ms", Of(resultFloor, 0.5), 60),
            Row.AtMostBeside("freshness, 202 to readable, at 1,000 events a second: p99", Of(result, 0.99), "ms", Of(resultFloor, 0.99), 400),
            Row.Beside("freshness: request to 202, p99", LoadResult.Percentile(result.Latencies, 0.99), "ms", LoadResult.Percentile(resultFloor.Latencies, 0.99)),
            Row.Beside("freshness, 202 to readable, at 200 events a second: p50", Of(quiet, 0.5), "ms", Of(quietFloor, 0.5)),
            Row.Beside("freshness, 202 to readable, at 200 events a second: p99", Of(quiet, 0.99), "ms", Of(quietFloor, 0.99)),
        ];

        static double Of(LoadResult result, double part) => LoadResult.Percentile(result.Freshness, part);

        async Task<(LoadResult Quiet, LoadResult Full)> LoadAsync(ServiceProcess server, string stored)
        {
            var sent = 0L;
            await RunAsync(Rate, options.Seconds(6), isWarmUp: true);
            return (await RunAsync(QuietRate, options.Seconds(10)), await RunAsync(Rate, options.Seconds(15)));

            async Task<LoadResult> RunAsync(int rate, double seconds, bool isWarmUp = false)
            {
                // As many requests as are sent, so that none is sent twice.
                var load = new LoadSpec
                {
                    Address = server.Address.ToString(),
                    Stores = Stores,
                    Rate = rate,
                    Seconds = seconds,
                    Requests = (int)Math.Ceiling(seconds * rate / Stores) * Stores,
                    First = sent,
                    LookFor = new StoredIn(deployment.MongoUri, stored),
                    IsWarmUp = isWarmUp,
                };
                sent += load.Requests;
                return await LoadGenerator.RunApartAsync(load);
            }
        }
    }
}
