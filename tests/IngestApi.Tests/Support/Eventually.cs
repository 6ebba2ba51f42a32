using System.Diagnostics;
using NUnit.Framework.Constraints;

namespace CustomEvents.Tests.IngestApi.Support;

/// <summary>Waits for a condition, with a deadline and what was seen last.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static Task BecomesAsync<T>(Func<T> value, IResolveConstraint expected, string what = "") =>
        BecomesAsync(() => Task.FromResult(value()), expected, what);

    public static async Task BecomesAsync<T>(Func<Task<T>> value, IResolveConstraint expected, string what = "")
    {
        var constraint = expected.Resolve();
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var last = await value();
            if (constraint.ApplyTo(last).IsSuccess)
                return;
            if (Stopwatch.GetElapsedTime(since) > Deadline)
                Assert.Fail($"{what}: expected {constraint.Description}, last seen {last}");
            await Task.Delay(10);
        }
    }
}
