using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CustomEvents.Bench.Floors;
using CustomEvents.Bench.Load;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Measuring;

/// <summary>
/// The API beside an endpoint that only reads, parses and produces. Both are loaded in turn by the same generator: first by 64 connections as fast as they answer, which gives
/// the throughput; then both on the same schedule, at half of the lower throughput, which gives the latencies, counted from when a request was due.
/// </summary>
internal sealed partial class HttpMeasurements(BenchOptions options)
{
    private const int Stores = 400;
    private const int Rounds = 2;

    public Task<IReadOnlyList<Row>> SingleAsync() => MeasureAsync("HTTP single", 1, "requests/s", 0.8, 1.5);

    public Task<IReadOnlyList<Row>> BulkAsync() => MeasureAsync("HTTP bulk of 100", 100, "events/s", 0.6, null);

    private async Task<IReadOnlyList<Row>> MeasureAsync(string name, int eventsInRequest, string unit, double throughputBar, double? latencyBar)
    {
        await using var deployment = new Deployment(options);
        await deployment.CreateStoresAsync(Stores);
        var api = await deployment.StartAsync("ingest-api");
        var topic = await deployment.CreateTopicAsync("floor");
        using var floor = await ServiceProcess.StartRoleAsync(ChildProcess.HttpFloorRole, JsonSerializer.Serialize(new HttpFloorSpec(deployment.Kafka, topic)));
        var load = new LoadSpec { Address = "", Stores = Stores, EventsInRequest = eventsInRequest, Requests = Stores * (eventsInRequest == 1 ? 10 : 1), Seconds = options.Seconds(3) };

        // Until what each request calls is compiled for speed, which takes thousands of calls.
        var warmUp = load with { IsWarmUp = true, Seconds = options.Seconds(8) };
        await LoadAsync(api, warmUp);
        await LoadAsync(floor, warmUp);
        double apiRate = 0, floorRate = 0, apiBytes = 0, floorBytes = 0, apiCpu = 0, floorCpu = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (before, cpu) = (await AllocatedByApiAsync(api), api.Cpu);
            var result = await LoadAsync(api, load);
            apiCpu += (api.Cpu - cpu).TotalSeconds / result.Requests / eventsInRequest / Rounds * 1e6;
            apiBytes += (await AllocatedByApiAsync(api) - before) / result.Requests / eventsInRequest / Rounds;
            apiRate += result.RequestsASecond / Rounds;

            (before, cpu) = (await AllocatedByFloorAsync(floor), floor.Cpu);
            result = await LoadAsync(floor, load);
            floorCpu += (floor.Cpu - cpu).TotalSeconds / result.Requests / eventsInRequest / Rounds * 1e6;
            floorBytes += (await AllocatedByFloorAsync(floor) - before) / result.Requests / eventsInRequest / Rounds;
            floorRate += result.RequestsASecond / Rounds;
        }

        var rate = Math.Max(1, Math.Floor(Math.Min(apiRate, floorRate) / 2));
        var paced = load with { Rate = rate };
        double apiP50 = 0, apiP99 = 0, floorP50 = 0, floorP99 = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var result = await LoadAsync(api, paced);
            apiP50 += result.P50 / Rounds;
            apiP99 += result.P99 / Rounds;
            result = await LoadAsync(floor, paced);
            floorP50 += result.P50 / Rounds;
            floorP99 += result.P99 / Rounds;
        }

        var at = string.Create(CultureInfo.InvariantCulture, $"at {rate:#,0} requests a second");
        return
        [
            Row.AtLeastOfFloor($"{name}, 64 connections, 400 stores, limiter on", apiRate * eventsInRequest, unit, floorRate * eventsInRequest, throughputBar),
            Row.Beside($"{name}: p50 {at}", apiP50, "ms", floorP50),
            latencyBar is { } bar ? Row.AtMostOfFloor($"{name}: p99 {at}", apiP99, "ms", floorP99, bar) : Row.Beside($"{name}: p99 {at}", apiP99, "ms", floorP99),
            Row.Beside($"{name}: CPU of ingest-api", apiCpu, "s a million events", floorCpu),
            Row.Beside($"{name}: allocated", apiBytes, "bytes an event", floorBytes),
            Row.AtMost($"{name}: peak memory, ingest-api", api.PeakMegabytes, "MB", 250),
        ];
    }

    private static Task<LoadResult> LoadAsync(ServiceProcess server, LoadSpec load) =>
        LoadGenerator.RunApartAsync(load with { Address = server.Address.ToString() });

    private static async Task<double> AllocatedByFloorAsync(ServiceProcess floor) => double.Parse(await floor.GetAsync(HttpPaths.Allocated), CultureInfo.InvariantCulture);

    private static async Task<double> AllocatedByApiAsync(ServiceProcess api) => double.Parse(Allocated().Match(await api.GetAsync("/metrics")).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^dotnet_gc_heap_total_allocated_bytes_total(?:\{[^}]*\})? ([0-9.eE+]+)", RegexOptions.Multiline)]
    private static partial Regex Allocated();
}
