using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using CustomEvents.Bench.Load;

namespace CustomEvents.Bench.MixedLoad;

/// <summary>Producers that do as they should, below the limit: 80 single events and 10 bulk requests of 20 a second for each store.</summary>
internal sealed class GoodClients(Api api, (string Store, string Key)[] stores)
{
    private const int SinglesASecond = 80;
    private const int BulksASecond = 10;
    private const int EventsInBulk = 20;

    private readonly ConcurrentQueue<double> _milliseconds = [];
    private int _number;

    public Tally Tally { get; } = new("good", 202);

    /// <summary>Sends at that rate whatever the answers do; a latency counts from when its request was due.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var paces = stores.SelectMany(store => (Task[])[PaceAsync(store, SinglesASecond, 1, duration), PaceAsync(store, BulksASecond, EventsInBulk, duration)]);
        await Task.WhenAll(paces);
    }

    /// <summary>Milliseconds in which that part of the requests was answered.</summary>
    public double Percentile(double part) => LoadResult.Percentile(_milliseconds, part);

    private async Task PaceAsync((string Store, string Key) store, int rate, int events, TimeSpan duration)
    {
        var underWay = new List<Task>();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < rate * duration.TotalSeconds; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            var early = due - clock.Elapsed;
            if (early > TimeSpan.Zero)
                await Task.Delay(early);
            underWay.Add(SendAsync(store, events, clock, due));
        }

        await Task.WhenAll(underWay);
    }

    private async Task SendAsync((string Store, string Key) store, int events, Stopwatch clock, TimeSpan due)
    {
        try
        {
            var body = events == 1 ? Event() : $"{{\"events\":[{string.Join(',', Enumerable.Range(0, events).Select(_ => Event()))}]}}";
            var path = $"/v2.2/stores/{store.Store}/events{(events == 1 ? "" : "/bulk")}";
            Tally.Answered(await api.PostAsync(path, store.Key, new StringContent(body, Encoding.UTF8), CancellationToken.None));
            _milliseconds.Enqueue((clock.Elapsed - due).TotalMilliseconds);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            Tally.Failed(failure);
        }
    }

    private string Event()
    {
        var number = Interlocked.Increment(ref _number);
        return $$$"""{"eventName":"Order Placed","customer":{"email":"customer{{{number % 5000}}}@example.com","firstName":"Ann","lastName":"Lee"},"data":{"Order Total":{{{number % 1000}}}.5,"Items":{{{1 + (number % 9)}}},"Coupon":"SPRING-{{{number % 50}}}","Ordered At":"2026-04-02T12:00:{{{number % 60:D2}}}Z","$extra":{"cart":["sku-{{{number % 500}}}","sku-{{{number % 77}}}"],"agent":"Mozilla/5.0"}},"value":{{{number % 1000}}}.50,"valueCurrency":"EUR"}""";
    }
}
