namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>A deployment that is started once, when the first fixture asks for it, and serves all of them.</summary>
/// <param name="name">Its name in the names of tests.</param>
/// <param name="start">Starts it; reports the tests as skipped where something that it needs is missing.</param>
public sealed class DeploymentSource(string name, Func<Task<Deployment>> start)
{
    private readonly Lock _lock = new();
    private Task<Deployment>? _running;

    /// <summary>The deployment, started and ready.</summary>
    public Task<Deployment> GetAsync()
    {
        lock (_lock)
            return _running ??= start();
    }

    /// <summary>Ends it where it runs.</summary>
    public async Task StopAsync()
    {
        Task<Deployment>? running;
        lock (_lock)
            running = _running;
        if (running is { IsCompletedSuccessfully: true })
            await (await running).DisposeAsync();
    }

    /// <inheritdoc />
    public override string ToString() => name;
}
