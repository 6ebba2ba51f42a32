using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using CustomEvents.Proof.Load;
using CustomEvents.Proof.Running;

namespace CustomEvents.Proof.Faults;

/// <summary>Records that cannot be processed, among others that can.</summary>
internal static class PoisonFaults
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
    [
        new("poison", "one record that is no event in the middle of 10,000 good ones, on the raw and on the normalized topic", PoisonAsync) { IsUnderLoad = false },
        new("invalid-store", "a store whose every event is invalid beside one whose every event is good", InvalidStoreAsync) { IsUnderLoad = false },
    ];

    private static async Task PoisonAsync(FaultRun run)
    {
        var good = run.Options.Sized(10_000, 1_000);
        var store = run.Pipeline.Stores[0];
        using var producer = run.Pipeline.NewDirectProducer();
        for (var i = 0; i < good; i++)
        {
            if (i == good / 2)
            {
                await producer.SendAsync(store.Traffic.NextInvalid(sender: 0));
                await PoisonNormalizedAsync(run, store.Id);
            }

            await producer.SendAsync(store.Traffic.Next(Ledger.Channel.Kafka, sender: 0, $"good-{i}"));
        }

        await producer.FlushAsync();
        await run.RecoverAsync();
    }

    private static async Task PoisonNormalizedAsync(FaultRun run, string store)
    {
        using var producer = new ProducerBuilder<string, byte[]>(
            new ProducerConfig { BootstrapServers = run.Options.Kafka, Partitioner = Partitioner.Murmur2Random }).Build();
        var poison = Encoding.UTF8.GetBytes("{\"version\":1,\"poison\":true}");
        await producer.ProduceAsync(run.Pipeline.NormalizedTopic, new Message<string, byte[]> { Key = store, Value = poison });
        run.OtherRejections.Add(("persister", poison));
    }

    // Alone, and then beside as many invalid events of another store: they are half of the work, so it may take twice as long, and not more.
    private static async Task InvalidStoreAsync(FaultRun run)
    {
        var count = run.Options.Sized(10_000, 2_000);
        var (good, bad) = (run.Pipeline.Stores[0], run.Pipeline.Stores[1]);
        using var producer = run.Pipeline.NewDirectProducer();
        // So that neither has to start cold.
        await SendAsync(run, producer, good, count / 4, null);
        var alone = await SendAsync(run, producer, good, count, null);
        var beside = await SendAsync(run, producer, good, count, bad);
        run.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{count} good events alone {alone.TotalSeconds:0.0} s, beside as many invalid ones {beside.TotalSeconds:0.0} s"));
        if (beside > (2 * alone * 1.25) + TimeSpan.FromSeconds(1))
            run.Failures.Add("a store of invalid events slowed another by more than its share");
    }

    private static async Task<TimeSpan> SendAsync(FaultRun run, DirectProducer producer, ProofStore good, int count, ProofStore? bad)
    {
        var before = await run.CountStoredAsync(good.Id);
        var since = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            await producer.SendAsync(good.Traffic.Next(Ledger.Channel.Kafka, sender: 0, null));
            if (bad is not null)
                await producer.SendAsync(bad.Traffic.NextInvalid(sender: 1));
        }

        await producer.FlushAsync();
        await run.AwaitStoredAsync(good.Id, before + count);
        return since.Elapsed;
    }
}
