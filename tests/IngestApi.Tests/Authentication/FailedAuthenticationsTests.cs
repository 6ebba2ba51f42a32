using System.Net;
using CustomEvents.IngestApi.Authentication;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.IngestApi.Authentication;

public sealed class FailedAuthenticationsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 7, TimeSpan.Zero));

    [TestCase("203.0.113.7", "203.0.113.7", true)]
    [TestCase("203.0.113.7", "::ffff:203.0.113.7", true)]
    [TestCase("203.0.113.7", "203.0.113.8", false)]
    [TestCase("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [TestCase("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    public void An_address_is_refused_with_its_network_and_no_other(string failing, string asking, bool refused)
    {
        var failures = new FailedAuthentications(_time);
        Fail(failures, 301, failing);
        Assert.That(failures.RefusedFor(IPAddress.Parse(asking)) > 0, Is.EqualTo(refused));
    }

    [Test]
    public void Up_to_300_failures_within_a_minute_are_let_be()
    {
        var failures = new FailedAuthentications(_time);
        Fail(failures, 300);
        Assert.That(RefusedFor(failures), Is.Zero);
        _time.Advance(TimeSpan.FromSeconds(60));
        Fail(failures, 300);
        Assert.That(RefusedFor(failures), Is.Zero);
    }

    [Test]
    public void Failures_count_across_the_turn_of_the_minute()
    {
        var failures = new FailedAuthentications(_time);
        Fail(failures, 200);
        _time.Advance(TimeSpan.FromSeconds(45));
        Fail(failures, 101);
        Assert.That(RefusedFor(failures), Is.InRange(1, 60));
    }

    [Test]
    public void An_address_is_refused_for_at_most_60_seconds()
    {
        var failures = new FailedAuthentications(_time);
        Fail(failures, 5_000);
        var seconds = RefusedFor(failures);
        Assert.That(seconds, Is.InRange(1, 60));
        _time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.That(RefusedFor(failures), Is.Positive);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(RefusedFor(failures), Is.Zero);
    }

    [Test]
    public void Memory_is_bounded_however_many_addresses_fail()
    {
        var failures = new FailedAuthentications(_time);
        for (var i = 0; i < 200_000; i++)
            failures.Add(new IPAddress(i));
        Assert.That(failures.Count, Is.LessThanOrEqualTo(65_536));
    }

    private static void Fail(FailedAuthentications failures, int times, string address = "203.0.113.7")
    {
        for (var i = 0; i < times; i++)
            failures.Add(IPAddress.Parse(address));
    }

    private static int RefusedFor(FailedAuthentications failures) => failures.RefusedFor(IPAddress.Parse("203.0.113.7"));
}
