using System.Globalization;
using CustomEvents.Bench.Running;

namespace CustomEvents.Bench.MixedLoad;

/// <summary>
/// Good, invalid, oversize, slow, unauthenticated and greedy clients at once: what each is answered, the API's memory, and how long the good
/// ones wait, beside how long they wait alone.
/// </summary>
internal static class MixedRun
{
    /// <summary>
    /// Usage: <c>mixed-load URL PID STORE:KEY STORE:KEY [...]</c>; the first store is the bad clients'. PID is the API's process.
    /// SECONDS_ALONE (60) and SECONDS_MIXED (180) in the environment. 1 where an answer came that the contract does not name.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length < 4)
        {
            Console.Error.WriteLine("Usage: mixed-load URL PID STORE:KEY STORE:KEY [...]");
            return 2;
        }

        var address = new Uri(args[0]);
        var stores = args.Skip(2).Select(one => one.Split(':', 2)).Select(one => (Store: one[0], Key: one[1])).ToArray();
        using var api = new Api(address);
        await new GoodClients(api, stores[1..]).RunAsync(TimeSpan.FromSeconds(5));

        var memory = new List<double>();
        var alone = new GoodClients(api, stores[1..]);
        await MeasureAsync(alone.RunAsync(Seconds("SECONDS_ALONE", 60)));
        Report("alone", alone);

        var mixed = new GoodClients(api, stores[1..]);
        using var bad = new BadClients(address, stores[0].Store, stores[0].Key);
        using var end = new CancellationTokenSource();
        var running = bad.RunAsync(end.Token);
        await MeasureAsync(mixed.RunAsync(Seconds("SECONDS_MIXED", 180)));
        await end.CancelAsync();
        await running;
        Report("mixed", mixed);
        foreach (var tally in bad.Tallies)
            Console.WriteLine(tally);
        return alone.Tally.Faults + mixed.Tally.Faults + bad.Tallies.Sum(tally => tally.Faults) == 0 ? 0 : 1;

        async Task MeasureAsync(Task load)
        {
            memory.Clear();
            while (await Task.WhenAny(load, Task.Delay(TimeSpan.FromSeconds(5))) != load)
                memory.Add(Megabytes());
            await load;
            memory.Add(Megabytes());
        }

        double Megabytes() => Machine.MegabytesOf(int.Parse(args[1], CultureInfo.InvariantCulture), "VmRSS");

        void Report(string name, GoodClients good)
        {
            var thirds = memory.Chunk(Math.Max(1, (memory.Count + 2) / 3)).Select(part => part.Average().ToString("0", CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: p50 {good.Percentile(0.5):0.0} ms, p99 {good.Percentile(0.99):0.0} ms, p99.9 {good.Percentile(0.999):0.0} ms; memory {string.Join(", ", thirds)} MB on average in each third, at most {memory.Max():0} MB"));
            Console.WriteLine(good.Tally);
        }

        static TimeSpan Seconds(string name, int otherwise) =>
            TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var seconds) ? seconds : otherwise);
    }
}
