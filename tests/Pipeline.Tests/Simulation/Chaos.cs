using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Pipeline.Simulation;

/// <summary>
/// What a process has to bear: each call to a store or the log may be delayed, fail before or after it took effect, freeze for long (so that its owner goes on
/// as a zombie after it lost its partition), or be the one at which the process dies. Seeded; threads interleave as they like.
/// </summary>
internal sealed class Chaos(int seed)
{
    private readonly Random _random = new(seed);
    private int _underWay;

    /// <summary>How likely a fault is at each point, from 0 to 1.</summary>
    public double Faults { get; set; } = 0.03;

    /// <summary>Whether the process is dead: nothing of it takes effect any more.</summary>
    public volatile bool IsDead;

    /// <summary>How many calls are under way in a process that lives.</summary>
    public int UnderWay => IsDead ? 0 : Volatile.Read(ref _underWay);

    /// <summary>Puts chaos before and after every asynchronous call.</summary>
    public T Around<T>(T target)
        where T : class => ChaosProxy<T>.Wrap(target, this);

    public void Enter() => Interlocked.Increment(ref _underWay);

    public void Leave() => Interlocked.Decrement(ref _underWay);

    public async Task PointAsync(bool isAppend, bool isBefore)
    {
        await Task.Yield();
        await DieAsync();
        double dice;
        int pause;
        lock (_random)
        {
            dice = _random.NextDouble();
            pause = _random.Next(1, 30);
        }

        if (dice < Faults)
        {
            throw !isAppend ? new InfrastructureException("chaos")
                : dice < Faults / 3 ? new LogWriteException("chaos", isBefore, LogWriteFailure.Fatal)
                : new LogWriteException("chaos", isBefore, LogWriteFailure.Unavailable);
        }

        if (dice < 2 * Faults)
        {
            await Task.Delay(pause);
            await DieAsync();
        }
    }

    public Task DieAsync() => IsDead ? new TaskCompletionSource().Task : Task.CompletedTask;
}
