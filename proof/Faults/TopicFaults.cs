using CustomEvents.Proof.Ledger;
using CustomEvents.Proof.Running;

namespace CustomEvents.Proof.Faults;

/// <summary>The topics are deleted and made anew, with offsets from 0: no new event may be taken for an old one, and no patch be skipped.</summary>
internal static class TopicFaults
{
    private static readonly string[] Workers = ["normalizer", "persister"];

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
    [
        new("topics-anew", "the topics are deleted and made anew while the services run", run => MakeAnewAsync(run, run.Pipeline.MakeTopicsAnewAsync)),
        new("topics-anew-stopped", "the topics are made anew while the services are stopped, and filled further than the old ones were before they start", run => MakeAnewAsync(run, async () =>
        {
            foreach (var service in Deployment.Services)
                await run.Pipeline.TerminateAsync(run.Pipeline.Of(service)[0]);
            await run.Pipeline.MakeTopicsAnewAsync();
            await FillAsync(run);
            foreach (var service in Deployment.Services)
                await run.Pipeline.AddAsync(service);
        })),
        new("topics-anew-hung", "the topics are made anew while the workers hang, and filled further than the old ones were before they go on", run => MakeAnewAsync(run, async () =>
        {
            foreach (var worker in Workers)
                await run.Pipeline.Of(worker)[0].PauseAsync();
            await run.Pipeline.MakeTopicsAnewAsync();
            await FillAsync(run);
            foreach (var worker in Workers)
                await run.Pipeline.Of(worker)[0].ResumeAsync();
        })),
    ];

    private static async Task MakeAnewAsync(FaultRun run, Func<Task> makeAnew)
    {
        await Task.Delay(TimeSpan.FromSeconds(run.Options.Sized(10, 4)));
        // What is not stored yet goes with the topics, whoever deletes them.
        await run.DrainAsync();
        run.KeepLog();
        await makeAnew();
        run.StartLoad();
        await run.RecoverAsync();
        // Past the offsets that the old topics had, too.
        await Task.Delay(TimeSpan.FromSeconds(run.Options.Sized(20, 8)));
    }

    // Where a reader goes on at the offset that it had in the old topic, it skips these.
    private static async Task FillAsync(FaultRun run)
    {
        using var producer = run.Pipeline.NewDirectProducer();
        foreach (var store in run.Pipeline.Stores)
        {
            for (var left = run.KeptOf(store.Id) + 100; left > 0; left--)
                await producer.SendAsync(store.Traffic.Next(Channel.Kafka, sender: -1, null));
        }

        await producer.FlushAsync();
    }
}
