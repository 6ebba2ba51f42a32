using CustomEvents.Proof.Ledger;
using CustomEvents.Proof.Load;
using CustomEvents.Proof.Running;

namespace CustomEvents.Proof.Faults;

/// <summary>The same (store, <c>uniqueId</c>) from ten producers at once, each with another customer and other data: one is stored, and the others leave no trace.</summary>
internal static class RaceFaults
{
    private const int Producers = 10;
    private const int RoundsAtOnce = 4;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
    [
        new("race", "the same uniqueId at once from five HTTP and five direct producers, a thousand times; two instances of each service", run => RaceAsync(run, isScattered: false))
        {
            Instances = 2,
            IsUnderLoad = false,
        },
        new("race-scattered", "the same uniqueId at once from ten producers, where the direct producers' records lie in any partition of the topic", run => RaceAsync(run, isScattered: true))
        {
            Instances = 2,
            IsUnderLoad = false,
            IsScattered = true,
        },
    ];

    private static async Task RaceAsync(FaultRun run, bool isScattered)
    {
        using var first = run.Pipeline.NewDirectProducer();
        using var second = run.Pipeline.NewDirectProducer();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, run.Options.Sized(1_000, 100)), new ParallelOptions { MaxDegreeOfParallelism = RoundsAtOnce },
            async (round, _) => await RoundAsync(run.Pipeline.Stores[round % run.Pipeline.Stores.Count], round, isScattered, [first, second]));
        if (isScattered)
            await EndAsync(run, first);
        await first.FlushAsync();
        await second.FlushAsync();
        await run.RecoverAsync();
    }

    // An event behind all others in each partition: when these are stored, nothing is left to do.
    private static async Task EndAsync(FaultRun run, DirectProducer producer)
    {
        foreach (var store in run.Pipeline.Stores)
        {
            for (var partition = 0; partition < Deployment.Partitions; partition++)
                await producer.SendAsync(store.Traffic.Next(Channel.Kafka, sender: -1, $"end-{partition}", $"{{\"email\":\"end{partition}@example.com\"}}"), partition);
        }

        await producer.FlushAsync();
        foreach (var store in run.Pipeline.Stores)
            await run.AwaitStoredAsync(store.Id, (run.Options.Sized(1_000, 100) / run.Pipeline.Stores.Count) + Deployment.Partitions);
    }

    private static Task RoundAsync(ProofStore store, int round, bool isScattered, DirectProducer[] direct) => Task.WhenAll(Enumerable.Range(0, Producers).Select(i => Task.Run(async () =>
    {
        var customer = $"{{\"email\":\"round{round}.producer{i}@example.com\",\"phoneNumber\":\"+1{round:D6}{i:D2}\",\"firstName\":\"P{i}\",\"customFields\":{{\"p{i}\":{round}}}}}";
        var send = store.Traffic.Next(i % 2 == 0 ? Channel.Single : Channel.Kafka, sender: -1, $"race-{round}", customer);
        if (send.Channel == Channel.Single)
            await store.Client.SendUntilAnsweredAsync([send], Channel.Single, representation: false, TimeSpan.FromSeconds(60));
        else
            await direct[i % direct.Length].SendAsync(send, isScattered ? (round + i) % Deployment.Partitions : null);
    })));
}
