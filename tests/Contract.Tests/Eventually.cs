using System.Diagnostics;

namespace CustomEvents.Tests.Contract;

/// <summary>Waits for a condition, with a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    /// <summary>Waits until something is there.</summary>
    /// <param name="probe">Looks for it; null while it is missing.</param>
    /// <param name="missing">What to say where it does not come.</param>
    public static async Task<T> FindAsync<T>(Func<Task<T?>> probe, Func<string> missing)
        where T : class
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await probe() is { } found)
                return found;
            if (Stopwatch.GetElapsedTime(since) > Deadline)
                throw new AssertionException(missing());
            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits until nothing is wrong any more.</summary>
    /// <param name="probe">What is wrong; null where nothing is.</param>
    /// <param name="missing">What to say beside what was wrong last.</param>
    /// <param name="deadline">How long at most; a minute where not given.</param>
    public static async Task TrueAsync(Func<Task<string?>> probe, Func<string> missing, TimeSpan? deadline = null)
    {
        var since = Stopwatch.GetTimestamp();
        while (await probe() is { } wrong)
        {
            if (Stopwatch.GetElapsedTime(since) > (deadline ?? Deadline))
                throw new AssertionException($"{missing()}\nLast seen: {wrong}");
            await Task.Delay(Pause);
        }
    }
}
