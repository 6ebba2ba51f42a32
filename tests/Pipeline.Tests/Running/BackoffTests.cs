using CsCheck;
using CustomEvents.Pipeline.Running;

namespace CustomEvents.Tests.Pipeline.Running;

public sealed class BackoffTests
{
    [TestCase(1, 100)]
    [TestCase(2, 200)]
    [TestCase(5, 1_600)]
    [TestCase(8, 10_000)]
    [TestCase(5_000, 10_000)]
    public void Pauses_double_up_to_the_longest(int failures, int milliseconds) => Assert.That(
        Backoff.Delay(failures, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), 1), Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));

    [Test]
    public void Jitter_takes_off_at_most_half() =>
        Gen.Select(Gen.Int[1, 100], Gen.Double[0, 1]).Sample((failures, random) =>
        {
            var full = Backoff.Delay(failures, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1), 1);
            var delay = Backoff.Delay(failures, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1), random);
            return delay <= full && delay >= full / 2;
        });
}
