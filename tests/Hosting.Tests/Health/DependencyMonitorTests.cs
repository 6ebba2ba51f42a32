using CustomEvents.Hosting.Health;
using CustomEvents.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.Hosting.Health;

public class DependencyMonitorTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 4, 2, 12, 0, 0, TimeSpan.Zero));

    [Test]
    public async Task Preparing_is_repeated_until_it_succeeds_and_delays_no_other_dependency()
    {
        var away = new FakeDependency("mongodb") { Failure = new InfrastructureException("mongodb is away") };
        var there = new FakeDependency("kafka");
        using var monitor = await StartAsync(away, there);

        await Until.TrueAsync(() => away.Attempts >= 3 && Problem(monitor, "kafka") is null, () => $"{away.Attempts} attempts", _time);
        Assert.That(Problem(monitor, "mongodb"), Is.EqualTo("mongodb is away"));
        Assert.That(monitor.Prepared.IsCompleted, Is.False, "work must not begin while something is missing");

        away.Failure = null;
        await Until.TrueAsync(() => monitor.Prepared.IsCompleted, () => Problem(monitor, "mongodb") ?? "no problem", _time);
        Assert.That(Problem(monitor, "mongodb"), Is.Null);
        Assert.That(there.Attempts, Is.EqualTo(1), "what is prepared is not prepared again");
        await monitor.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task A_check_leaves_no_trace()
    {
        var kafka = new FakeDependency("kafka");
        using var monitor = await StartAsync(kafka);
        await Until.TrueAsync(() => kafka.Checks > 0, () => $"{kafka.Checks} checks", _time);
        Assert.That(kafka.WasUntraced, Is.True);
        await monitor.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task What_was_there_and_goes_away_is_noticed_and_so_is_its_return()
    {
        var kafka = new FakeDependency("kafka");
        using var monitor = await StartAsync(kafka);
        await monitor.Prepared.WaitAsync(TimeSpan.FromSeconds(10));

        kafka.Problem = "events.raw has min.insync.replicas 1";
        await Until.TrueAsync(() => Problem(monitor, "kafka") == kafka.Problem, () => $"{Problem(monitor, "kafka")} after {kafka.Checks} checks", _time);
        kafka.Problem = null;
        await Until.TrueAsync(() => Problem(monitor, "kafka") is null, () => $"{Problem(monitor, "kafka")} after {kafka.Checks} checks", _time);
        await monitor.StopAsync(CancellationToken.None);
    }

    [Test]
    public async Task A_failure_that_nobody_foresaw_shows_no_details_in_health_and_is_tried_again()
    {
        var broken = new FakeDependency("kafka") { Failure = new InvalidOperationException("password=secret") };
        using var monitor = await StartAsync(broken);
        await Until.TrueAsync(() => broken.Attempts >= 2, () => $"{broken.Attempts} attempts", _time);
        Assert.That(Problem(monitor, "kafka"), Does.Contain("InvalidOperationException").And.Not.Contain("secret"));
        await monitor.StopAsync(CancellationToken.None);
    }

    private async Task<DependencyMonitor> StartAsync(params IDependency[] dependencies)
    {
        var monitor = new DependencyMonitor(dependencies, _time, NullLogger<DependencyMonitor>.Instance);
        await monitor.StartAsync(CancellationToken.None);
        return monitor;
    }

    private static string? Problem(DependencyMonitor monitor, string name) => monitor.Sources.Single(one => one.Name == name).Problem;
}
