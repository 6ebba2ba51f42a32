using CustomEvents.Pipeline;
using OpenTelemetry;

namespace CustomEvents.Tests.Hosting;

/// <summary>A dependency whose answers the test gives.</summary>
internal sealed class FakeDependency(string name) : IDependency
{
    private int _attempts;
    private int _checks;

    public string Name => name;

    public int Attempts => Volatile.Read(ref _attempts);

    public int Checks => Volatile.Read(ref _checks);

    /// <summary>Whether the last check was kept out of traces.</summary>
    public volatile bool WasUntraced;

    /// <summary>What preparing fails with; null where it succeeds.</summary>
    public volatile Exception? Failure;

    /// <summary>What the check finds wrong.</summary>
    public volatile string? Problem;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        return Failure is { } failure ? Task.FromException(failure) : Task.CompletedTask;
    }

    public Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        WasUntraced = Sdk.SuppressInstrumentation;
        Interlocked.Increment(ref _checks);
        return Task.FromResult(Problem);
    }
}
