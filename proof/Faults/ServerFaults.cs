namespace CustomEvents.Proof.Faults;

/// <summary>Faults of the servers; all need somebody who controls them.</summary>
internal static class ServerFaults
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All =>
    [
        new("broker-killed", "SIGKILL of a broker; back after 5 s", run => KillAsync(run, "kafka1")) { Needs = Needs.Control },
        new("brokers-paused", "all brokers hang for 30 s", run => PauseAsync(run, run.Options.Sized(30, 12), Brokers(run))) { Needs = Needs.Control },
        new("brokers-rolling", "a rolling restart of all brokers", RollAsync) { Needs = Needs.Control | Needs.ThreeBrokers },
        new("mongo-killed", "SIGKILL of MongoDB; back after 5 s", run => KillAsync(run, "mongo")) { Needs = Needs.Control },
        new("mongo-paused", "MongoDB hangs for 60 s, so that writes time out and still take effect", run => PauseAsync(run, run.Options.Sized(60, 15), ["mongo"])) { Needs = Needs.Control },
        new("registry-away", "the schema registry is killed, and every service is started while it is away", RegistryAsync) { Needs = Needs.Control | Needs.Registry },
    ];

    private static string[] Brokers(FaultRun run) => [.. run.Options.Kafka.Split(',').Select(static (_, i) => $"kafka{i + 1}")];

    private static async Task KillAsync(FaultRun run, string server)
    {
        for (var i = 0; i < run.Options.Sized(3, 1); i++)
        {
            await run.RandomMomentAsync();
            await run.Control.DoAsync("kill", server);
            await Task.Delay(TimeSpan.FromSeconds(5));
            await run.Control.DoAsync("start", server);
            await run.RecoverAsync();
        }
    }

    private static async Task PauseAsync(FaultRun run, int seconds, string[] servers)
    {
        await run.RandomMomentAsync();
        foreach (var server in servers)
            await run.Control.DoAsync("pause", server);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        foreach (var server in servers)
            await run.Control.DoAsync("resume", server);
        await run.RecoverAsync();
    }

    private static async Task RollAsync(FaultRun run)
    {
        foreach (var broker in Brokers(run))
        {
            await run.RandomMomentAsync();
            await run.Control.DoAsync("stop", broker);
            await run.Control.DoAsync("start", broker);
            await run.RecoverAsync();
            // In sync again, before the next goes.
            await Task.Delay(TimeSpan.FromSeconds(10));
        }
    }

    private static async Task RegistryAsync(FaultRun run)
    {
        await run.RandomMomentAsync();
        await run.Control.DoAsync("kill", "registry");
        foreach (var service in Running.Deployment.Services)
        {
            run.Pipeline.Kill(run.Pipeline.Of(service)[0]);
            await run.Pipeline.AddAsync(service);
        }

        await run.RecoverAsync();
        await run.Control.DoAsync("start", "registry");
        await run.RandomMomentAsync();
    }
}
