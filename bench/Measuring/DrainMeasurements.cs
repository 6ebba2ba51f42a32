using System.Diagnostics;
using System.Globalization;
using CustomEvents.Bench.Floors;
using CustomEvents.Bench.Load;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Measuring;

/// <summary>
/// How fast a backlog of raw events becomes stored events. Both workers are warm and held when the backlog is made, and are let go at once: neither their start nor
/// the producer is in the figure.
/// </summary>
internal sealed class DrainMeasurements(BenchOptions options)
{
    private const int Stores = 40;

    /// <summary>Events before the clock starts: what is called for each event is compiled for speed only after thousands of calls.</summary>
    public const int WarmUp = 40_000;

    // A multiple of all numbers of stores.
    private const int WarmCustomers = 400;
    private double? _rate;

    /// <summary>The main drain, with what both workers used.</summary>
    public async Task<IReadOnlyList<Row>> DrainAsync()
    {
        var count = options.Count(200_000);
        var drain = await RunAsync(WorkloadOf(Stores, count), count, withFloor: true, withSizes: true);
        _rate = drain.Rate;
        return
        [
            Row.AtLeastOfFloor(string.Create(CultureInfo.InvariantCulture, $"drain of {count:#,0} raw events to fully stored"), drain.Rate, "events/s", drain.FloorRate, 0.6),
            Row.AtMost("drain: CPU of both services", drain.NormalizerCpu + drain.PersisterCpu, "s a million events", 60),
            Row.Of("drain: CPU of the normalizer", drain.NormalizerCpu, "s a million events"),
            Row.Of("drain: CPU of the persister", drain.PersisterCpu, "s a million events"),
            Row.AtMost("drain: peak memory, normalizer", drain.NormalizerMegabytes, "MB", 250),
            Row.AtMost("drain: peak memory, persister", drain.PersisterMegabytes, "MB", 250),
            .. Told("drain: CPU of Kafka, the production of the backlog with it", drain.KafkaCpu),
            .. Told("drain: CPU of MongoDB", drain.MongoCpu),
            Row.Of("drain: raw record", drain.RawBytes, "bytes an event"),
            Row.Of("drain: normalized record", drain.NormalizedBytes, "bytes an event"),
            Row.Of("drain: documents in MongoDB", drain.StoredBytes, "bytes an event"),
            Row.Of("drain: indexes in MongoDB", drain.IndexBytes, "bytes an event"),
        ];
    }

    /// <summary>All events of one store, and so of one partition.</summary>
    public async Task<IReadOnlyList<Row>> HotStoreAsync()
    {
        var floor = OfDrain();
        var count = options.Count(50_000);
        var drain = await RunAsync(WorkloadOf(1, count), count, withFloor: false);
        return [Row.AtLeastOfFloor(string.Create(CultureInfo.InvariantCulture, $"drain of {count:#,0} events of one hot store, beside {Stores} stores"), drain.Rate, "events/s", floor, 0.5)];
    }

    /// <summary>Nine of ten events repeat a uniqueId.</summary>
    public async Task<IReadOnlyList<Row>> DuplicatesAsync()
    {
        var floor = OfDrain();
        var count = options.Count(200_000, 10 * Stores) / (10 * Stores) * 10 * Stores;
        var workload = WorkloadOf(Stores, count);
        var drain = await RunAsync(workload, count, withFloor: false, mostlyDuplicates: true);
        return [Row.AtLeastOfFloor("drain of which 90 % are duplicates, beside none", drain.Rate, "events/s", floor, 2)];
    }

    /// <summary>Whether a drain five times as long is as near to its floor, and what memory does in a far longer one.</summary>
    public async Task<IReadOnlyList<Row>> LongAsync()
    {
        var shorter = options.Count(200_000);
        var longer = options.Count(1_000_000);
        var first = await RunAsync(WorkloadOf(Stores, shorter), shorter, withFloor: true);
        var second = await RunAsync(WorkloadOf(Stores, longer), longer, withFloor: true);
        return
        [
            Row.Beside(string.Create(CultureInfo.InvariantCulture, $"drain of {shorter:#,0}"), first.Rate, "events/s", first.FloorRate),
            Row.Beside(string.Create(CultureInfo.InvariantCulture, $"drain of {longer:#,0}"), second.Rate, "events/s", second.FloorRate),
            Row.AtLeastOfFloor("ratio to the floor, the longer drain beside the shorter", second.Rate / second.FloorRate, "", first.Rate / first.FloorRate, 0.9),
        ];
    }

    /// <summary>Memory of the workers from the first tenth of a long drain to its end, in waves.</summary>
    public async Task<IReadOnlyList<Row>> MemoryAsync()
    {
        var total = options.Count(3_600_000, 2_000);
        const int Waves = 20;
        var wave = total / Waves;
        await using var deployment = new Deployment(options);
        await deployment.CreateStoresAsync(Stores);
        var normalizer = await deployment.StartAsync("normalizer");
        var persister = await deployment.StartAsync("persister");
        var workload = WorkloadOf(Stores, 200_000);
        (double Normalizer, double Persister) early = (0, 0), late = (0, 0);
        for (var done = 0; done < Waves; done++)
        {
            deployment.Produce(workload, workload.Event, (long)done * wave, wave);
            await deployment.WaitUntilStoredAsync((done + 1L) * wave);
            late = (Math.Max(late.Normalizer, normalizer.Megabytes), Math.Max(late.Persister, persister.Megabytes));
            if (done < Waves / 10)
                early = late;
        }

        var after = string.Create(CultureInfo.InvariantCulture, $"after {total:#,0} events, beside {total / 10:#,0}");
        return
        [
            Row.AtMostOfFloor($"memory of the normalizer {after}", late.Normalizer, "MB", early.Normalizer, 1.1),
            Row.AtMostOfFloor($"memory of the persister {after}", late.Persister, "MB", early.Persister, 1.1),
            Row.AtMost("peak memory, normalizer", normalizer.PeakMegabytes, "MB", 250),
            Row.AtMost("peak memory, persister", persister.PeakMegabytes, "MB", 250),
        ];
    }

    /// <summary>A tenth as many customers as events, which is 20,000 for the full size.</summary>
    internal static Workload WorkloadOf(int stores, int count) => new(stores, Math.Clamp(count / 10 / stores, 1, 20_000 / stores) * stores);

    // Where the servers do not run as processes of this machine there is nothing to tell.
    internal static Row[] Told(string name, double? cpu) => cpu is { } seconds ? [Row.Of(name, seconds, "s a million events")] : [];

    private double OfDrain() => _rate ?? throw new InvalidOperationException("It is compared with the drain of this run, of which there is none.");

    private async Task<Result> RunAsync(Workload workload, int count, bool withFloor, bool mostlyDuplicates = false, bool withSizes = false)
    {
        await using var deployment = new Deployment(options);
        await deployment.CreateStoresAsync(workload.Stores);
        var normalizer = await deployment.StartAsync("normalizer");
        var persister = await deployment.StartAsync("persister");
        var warmUp = options.Count(WarmUp, workload.Stores) / workload.Stores * workload.Stores;
        // A few customers of their own; numbers far beyond the backlog's, whose uniqueIds are others.
        var warm = new Workload(workload.Stores, WarmCustomers, "warm");
        deployment.Produce(warm, warm.Event, 1_000_000_000_000, warmUp);
        await deployment.WaitUntilStoredAsync(warmUp);

        normalizer.Pause();
        persister.Pause();
        var kafkaBefore = deployment.ServersCpu.Kafka;
        deployment.Produce(workload, mostlyDuplicates ? workload.MostlyDuplicate : workload.Event, 0, count);
        var (normalizerBefore, persisterBefore, mongoBefore) = (normalizer.Cpu, persister.Cpu, deployment.ServersCpu.Mongo);
        var watch = Stopwatch.StartNew();
        persister.Resume();
        normalizer.Resume();
        var stored = warmUp + (mostlyDuplicates ? workload.Distinct(count) : count);
        await deployment.WaitUntilStoredAsync(stored);
        var rate = count / watch.Elapsed.TotalSeconds;
        var servers = deployment.ServersCpu;
        var perMillion = 1e6 / count;
        var (normalizerCpu, persisterCpu) = ((normalizer.Cpu - normalizerBefore).TotalSeconds, (persister.Cpu - persisterBefore).TotalSeconds);
        var result = new Result(rate, normalizerCpu * perMillion, persisterCpu * perMillion, normalizer.PeakMegabytes, persister.PeakMegabytes)
        {
            KafkaCpu = (servers.Kafka - kafkaBefore)?.TotalSeconds * perMillion,
            MongoCpu = (servers.Mongo - mongoBefore)?.TotalSeconds * perMillion,
        };
        if (withFloor)
            result = result with { FloorRate = await FloorAsync(deployment) };
        // None came later, twice or where it should have been dropped.
        await Task.Delay(TimeSpan.FromSeconds(1));
        await deployment.WaitUntilStoredAsync(stored);
        // A server may take minutes to tell them of millions of documents.
        if (!withSizes)
            return result;
        var (documents, indexes) = await deployment.SizesAsync();
        return result with
        {
            StoredBytes = documents / (warmUp + count),
            IndexBytes = indexes / (warmUp + count),
            RawBytes = await deployment.SizeOfRecordsAsync(deployment.RawTopic),
            NormalizedBytes = await deployment.SizeOfRecordsAsync(deployment.NormalizedTopic),
        };
    }

    /// <summary>
    /// The faster of two runs: one has stood still for a minute, or lost its connection, while it wrote more at once than the server took. One that failed is told.
    /// </summary>
    private static async Task<double> FloorAsync(Deployment deployment)
    {
        var fastest = 0.0;
        Exception? failure = null;
        foreach (var name in new[] { "floor1", "floor2" })
        {
            var spec = new MongoFloorSpec(deployment.MongoUri, deployment.Database.DatabaseNamespace.DatabaseName, deployment.NewDatabase(name));
            try
            {
                fastest = Math.Max(fastest, (await ChildProcess.RunAsync<MongoFloorSpec, FloorResult>(ChildProcess.MongoFloorRole, spec)).Rate);
            }
            catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
            {
                failure = e;
                await Console.Error.WriteLineAsync($"One of two runs of the floor failed: {e.Message}");
            }
        }

        return fastest > 0 ? fastest : throw new InvalidOperationException("Both runs of the floor failed.", failure);
    }

    private sealed record Result(double Rate, double NormalizerCpu, double PersisterCpu, double NormalizerMegabytes, double PersisterMegabytes)
    {
        public double FloorRate { get; init; }

        public double? KafkaCpu { get; init; }

        public double? MongoCpu { get; init; }

        public double RawBytes { get; init; }

        public double NormalizedBytes { get; init; }

        public double StoredBytes { get; init; }

        public double IndexBytes { get; init; }
    }
}
