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
        var (ofApi, ofFloor) = (new Side(api, AllocatedByApiAsync), new Side(floor, AllocatedByFloorAsync));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var side in InTurn(round))
                await side.LoadAsync(load, eventsInRequest);
        }

        var rate = Math.Max(1, Math.Floor(Math.Min(ofApi.Rate, ofFloor.Rate) / 2));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var side in InTurn(round))
                side.Latencies.AddRange((await LoadAsync(side.Server, load with { Rate = rate })).Latencies);
        }

        var at = string.Create(CultureInfo.InvariantCulture, $"at {rate:#,0} requests a second");
        return
        [
            Row.AtLeastOfFloor($"{name}, 64 connections, 400 stores, limiter on", ofApi.Rate * eventsInRequest, unit, ofFloor.Rate * eventsInRequest, throughputBar),
            Row.Beside($"{name}: p50 {at}", ofApi.Latency(0.5), "ms", ofFloor.Latency(0.5)),
            latencyBar is { } bar ? Row.AtMostOfFloor($"{name}: p99 {at}", ofApi.Latency(0.99), "ms", ofFloor.Latency(0.99), bar) : Row.Beside($"{name}: p99 {at}", ofApi.Latency(0.99), "ms", ofFloor.Latency(0.99)),
            Row.Beside($"{name}: CPU of ingest-api", ofApi.Cpu, "s a million events", ofFloor.Cpu),
            Row.Beside($"{name}: allocated", ofApi.Bytes, "bytes an event", ofFloor.Bytes),
            Row.AtMost($"{name}: peak memory, ingest-api", api.PeakMegabytes, "MB", 250),
        ];

        // Neither is always the one that comes first.
        IEnumerable<Side> InTurn(int round) => round % 2 == 0 ? [ofApi, ofFloor] : [ofFloor, ofApi];
    }

    private static Task<LoadResult> LoadAsync(ServiceProcess server, LoadSpec load) =>
        LoadGenerator.RunApartAsync(load with { Address = server.Address.ToString() });

    private static async Task<double> AllocatedByFloorAsync(ServiceProcess floor) => double.Parse(await floor.GetAsync(HttpPaths.Allocated), CultureInfo.InvariantCulture);

    private static async Task<double> AllocatedByApiAsync(ServiceProcess api) => double.Parse(Allocated().Match(await api.GetAsync("/metrics")).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^dotnet_gc_heap_total_allocated_bytes_total(?:\{[^}]*\})? ([0-9.eE+]+)", RegexOptions.Multiline)]
    private static partial Regex Allocated();

    /// <summary>One of the two that are compared: means over the rounds, a second, and for each event in seconds a million and in bytes.</summary>
    private sealed class Side(ServiceProcess server, Func<ServiceProcess, Task<double>> allocated)
    {
        public ServiceProcess Server { get; } = server;

        public double Rate { get; private set; }

        public double Cpu { get; private set; }

        public double Bytes { get; private set; }

        /// <summary>In milliseconds, of all rounds.</summary>
        public List<double> Latencies { get; } = [];

        public double Latency(double part) => LoadResult.Percentile(Latencies, part);

        public async Task LoadAsync(LoadSpec load, int eventsInRequest)
        {
            var (bytes, cpu) = (await allocated(Server), Server.Cpu);
            var result = await HttpMeasurements.LoadAsync(Server, load);
            var share = 1.0 / Rounds / result.Latencies.Length / eventsInRequest;
            Cpu += (Server.Cpu - cpu).TotalSeconds * share * 1e6;
            Bytes += (await allocated(Server) - bytes) * share;
            Rate += result.RequestsASecond / Rounds;
        }
    }
}
