using CustomEvents.Proof.Ledger;
using CustomEvents.Proof.Running;

namespace CustomEvents.Proof.Load;

/// <summary>HTTP single and bulk and direct producers, one of each for each store, all at once, until stopped.</summary>
internal sealed class RunningLoad : IAsyncDisposable
{
    private const int MostInBulk = 40;
    private static readonly TimeSpan RetryLimit = TimeSpan.FromSeconds(120);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly DirectProducer _producer;

    /// <summary>Starts it.</summary>
    /// <param name="deployment">The pipeline.</param>
    /// <param name="rate">Events a second, over all stores.</param>
    public RunningLoad(Deployment deployment, double rate)
    {
        _producer = deployment.NewDirectProducer();
        var share = rate / deployment.Stores.Count;
        _running = Task.WhenAll(deployment.Stores.SelectMany((store, i) => new[]
        {
            Task.Run(() => SingleAsync(store, new Pace(share * 0.1), i * 3)),
            Task.Run(() => BulkAsync(store, new Pace(share * 0.5), (i * 3) + 1)),
            Task.Run(() => DirectAsync(store, new Pace(share * 0.4), (i * 3) + 2)),
        }));
    }

    /// <summary>Stops it; what was begun is answered or given up when this returns.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _producer.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_running);
        _producer.Dispose();
        _stop.Dispose();
    }

    private async Task SingleAsync(ProofStore store, Pace pace, int sender)
    {
        for (var i = 0; await DueAsync(pace, 1); i++)
            await SendAsync(store, [store.Traffic.NextForApi(Channel.Single, sender)], Channel.Single, i);
    }

    private async Task BulkAsync(ProofStore store, Pace pace, int sender)
    {
        var random = new Random(sender);
        for (var i = 0; ; i++)
        {
            var count = random.Next(1, MostInBulk + 1);
            if (!await DueAsync(pace, count))
                return;
            await SendAsync(store, [.. Enumerable.Range(0, count).Select(_ => store.Traffic.NextForApi(Channel.Bulk, sender))], Channel.Bulk, i);
        }
    }

    // Every second request is safe to repeat, and is repeated; of the others nothing is known where the answer does not come.
    private static async Task SendAsync(ProofStore store, Send[] sends, Channel channel, int turn)
    {
        var representation = turn % 3 == 0;
        if (turn % 2 == 0)
            await store.Client.SendUntilAnsweredAsync(sends, channel, representation, RetryLimit);
        else if (!await store.Client.SendAsync(sends, channel, null, representation))
            await Task.Delay(50);
    }

    private async Task DirectAsync(ProofStore store, Pace pace, int sender)
    {
        while (await DueAsync(pace, 1))
            await _producer.SendAsync(store.Traffic.NextForKafka(sender));
    }

    private async Task<bool> DueAsync(Pace pace, int count)
    {
        try
        {
            await pace.WaitAsync(count, _stop.Token);
            return !_stop.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
