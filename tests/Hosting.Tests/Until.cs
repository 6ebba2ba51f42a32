using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.Hosting;

/// <summary>Waits for a condition, moving a fake clock on, with a deadline.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition, Func<string> lastSeen, FakeTimeProvider? time = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(10))
                Assert.Fail($"Not so after 10 s; last seen: {lastSeen()}");
            time?.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }
    }
}
