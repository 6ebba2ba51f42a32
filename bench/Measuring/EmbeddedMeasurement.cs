using System.Diagnostics;
using CustomEvents.Bench.Floors;
using CustomEvents.Bench.Load;
using CustomEvents.Bench.Reporting;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.Measuring;

/// <summary>
/// The pipeline in one process. How many events it accepts in bulk, all its stages at work beside; and how fast it then stores those that wait.
/// The floors run when it has ended, on the files that it left.
/// </summary>
internal sealed class EmbeddedMeasurement(BenchOptions options)
{
    private const int Stores = 40;
    private const int EventsInRequest = 100;
    private const int StoredInBatch = 2_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var requests = options.Count(600, 40);
        var folder = Path.GetFullPath(Path.Combine("artifacts", "bench", "embedded-" + Guid.NewGuid().ToString("N")[..8]));
        Directory.CreateDirectory(folder);
        try
        {
            var (accepted, stored, megabytes) = await MeasureAsync(Path.Combine(folder, "data"), requests);
            var append = await ChildProcess.RunAsync<SqliteFloorSpec, FloorResult>(
                ChildProcess.LogFloorRole, new SqliteFloorSpec(Path.Combine(folder, "data", "log.db"), Path.Combine(folder, "log.db"), EventsInRequest));
            var rows = await ChildProcess.RunAsync<SqliteFloorSpec, FloorResult>(
                ChildProcess.RowsFloorRole, new SqliteFloorSpec(Path.Combine(folder, "data", "stores.db"), Path.Combine(folder, "stores.db"), StoredInBatch));
            return
            [
                Row.AtLeastOfFloor("embedded: bulk events accepted, beside rows appended", accepted, "events/s", append.Rate, 0.3),
                Row.AtLeastOfFloor("embedded: events stored, beside the same rows written", stored, "events/s", rows.Rate, 0.5),
                Row.Of("embedded: peak memory", megabytes, "MB"),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<(double Accepted, double Stored, double Megabytes)> MeasureAsync(string data, int requests)
    {
        using var pipeline = await ServiceProcess.StartAsync("all-in-one", options.Programs, new Dictionary<string, string> { ["Embedded__DataDirectory"] = data });
        using var stores = SqliteFloors.Open(Path.Combine(data, "stores.db"));
        for (var i = 0; i < Stores; i++)
        {
            var store = Workload.StoreName(i);
            SqliteFloors.Execute(stores, $"""
                INSERT INTO stores VALUES('{store}', 0);
                INSERT INTO api_keys(hash, key_id, store_id, scopes, created_at) VALUES('{Deployment.Hash(Workload.KeyOf(store))}', '{store}', '{store}', '["customer_events_write"]', 0)
                """);
        }

        // A first load of each kind warms it.
        var warm = new LoadSpec { Address = pipeline.Address.ToString(), Stores = Stores, EventsInRequest = EventsInRequest, Requests = Math.Min(120, requests) };
        await LoadGenerator.RunApartAsync(warm);
        long warmUp = warm.Requests * EventsInRequest;
        await WaitAsync(warmUp);

        var load = await LoadGenerator.RunApartAsync(warm with { Requests = requests, First = 1_000_000_000_000 });
        var events = requests * EventsInRequest;
        var storedBefore = Stored() - warmUp;
        var watch = Stopwatch.StartNew();
        await WaitAsync(warmUp + events);
        // Where nearly all were stored while they came, the time in which they came is the time of storing as well.
        var waiting = events - storedBefore;
        var rate = waiting > events / 5 ? waiting / watch.Elapsed.TotalSeconds : events / (load.Seconds + watch.Elapsed.TotalSeconds);
        return (load.RequestsASecond * EventsInRequest, rate, pipeline.PeakMegabytes);

        long Stored() => SqliteFloors.Read(stores, "SELECT max(number) FROM events")[0][0] is long number ? number : 0;

        async Task WaitAsync(long expected)
        {
            var since = Stopwatch.StartNew();
            while (Stored() < expected)
            {
                pipeline.Check();
                if (since.Elapsed > Limit)
                    throw new TimeoutException($"{Stored()} of {expected} events were stored within {Limit.TotalMinutes} minutes.");
                await Task.Delay(20);
            }
        }
    }
}
