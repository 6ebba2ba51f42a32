using CustomEvents.Proof.Running;

namespace CustomEvents.Proof.Faults;

/// <summary>Faults of the services: killed, stopped, hung, more and fewer of them.</summary>
internal static class ServiceFaults
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
    [
        .. Deployment.Services.Select(service => new Fault(
            $"kill-{service}", $"SIGKILL of {service} at random moments, and a new one each time", run => RepeatAsync(run, run.Options.Kills, () => ReplaceAsync(run, service)))),
        new("kill-all", "SIGKILL of all three services at once, and new ones", run => RepeatAsync(
            run, run.Options.Sized(3, 1), () => Task.WhenAll(Deployment.Services.Select(service => ReplaceAsync(run, service))))),
        new("terminate", "SIGTERM of each service while it is busy, and a new one each time", run => RepeatAsync(run, run.Options.Sized(3, 1), async () =>
        {
            foreach (var service in Deployment.Services)
            {
                await run.Pipeline.TerminateAsync(run.Pipeline.Of(service)[0]);
                await run.Pipeline.AddAsync(service);
                await run.RandomMomentAsync();
            }
        })),
        new("two-instances", "two instances of each service: one killed, one added, one ended by SIGTERM", RebalanceAsync) { Instances = 2 },
        new("three-instances", "three instances of each service: one killed, one added, one ended by SIGTERM", RebalanceAsync) { Instances = 3 },
        .. Deployment.Services.Select(service => new Fault(
            $"zombie-{service}", $"SIGSTOP of one of two instances of {service} for longer than the session timeout, then SIGCONT", run => RepeatAsync(
                run, run.Options.Sized(3, 1), () => StopAndContinueAsync(run, service))) { Instances = 2 }),
    ];

    private static async Task RepeatAsync(FaultRun run, int times, Func<Task> fault)
    {
        for (var i = 0; i < times; i++)
        {
            await run.RandomMomentAsync();
            await fault();
            await run.RecoverAsync();
        }
    }

    private static async Task ReplaceAsync(FaultRun run, string service)
    {
        run.Pipeline.Kill(run.Pipeline.Of(service)[0]);
        await run.Pipeline.AddAsync(service);
    }

    private static async Task RebalanceAsync(FaultRun run)
    {
        foreach (var service in Deployment.Services)
        {
            await run.RandomMomentAsync();
            run.Pipeline.Kill(run.Pipeline.Of(service)[0]);
            await run.RecoverAsync();
            await run.Pipeline.AddAsync(service);
            await run.RandomMomentAsync();
            await run.Pipeline.TerminateAsync(run.Pipeline.Of(service)[0]);
            await run.RecoverAsync();
        }
    }

    private static async Task StopAndContinueAsync(FaultRun run, string service)
    {
        var zombie = run.Pipeline.Of(service)[run.Random.Next(2)];
        await zombie.PauseAsync();
        await Task.Delay(Deployment.SessionTimeout + TimeSpan.FromSeconds(6));
        await zombie.ResumeAsync();
    }
}
