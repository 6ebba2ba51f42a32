using CustomEvents.Proof.Running;

namespace CustomEvents.Proof.Faults;

/// <summary>The topics are deleted and made anew, with offsets from 0: no new event may be taken for an old one, and no patch be skipped.</summary>
internal static class TopicFaults
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
    [
        new("topics-anew", "the topics are deleted and made anew while the services run", run => MakeAnewAsync(run, run.Pipeline.MakeTopicsAnewAsync)),
        new("topics-anew-stopped", "the topics are deleted and made anew while the services are stopped", run => MakeAnewAsync(run, async () =>
        {
            foreach (var service in Deployment.Services)
                await run.Pipeline.TerminateAsync(run.Pipeline.Of(service)[0]);
            await run.Pipeline.MakeTopicsAnewAsync();
            foreach (var service in Deployment.Services)
                await run.Pipeline.AddAsync(service);
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
}
