using CustomEvents.Operator.Importing;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.Operator.Importing;

public class SendGateTests
{
    [Test]
    public async Task What_fails_together_waits_once_and_what_fails_again_longer()
    {
        var time = new FakeTimeProvider();
        var gate = new SendGate(TimeSpan.FromMinutes(10), time);
        for (var i = 0; i < 64; i++)
            gate.Failed(TimeSpan.Zero, "503");
        Assert.That(gate.Waiting, Is.EqualTo("waits 1 s after 503, "));
        var pass = gate.PassAsync(CancellationToken.None);
        Assert.That(pass.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromMilliseconds(400));
        await pass.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(gate.Waiting, Is.Empty);

        for (var i = 0; i < 3; i++)
        {
            gate.Failed(TimeSpan.Zero, "503");
            time.Advance(TimeSpan.FromSeconds(30));
        }

        gate.Failed(TimeSpan.Zero, "503");
        Assert.That(gate.Waiting, Is.AnyOf("waits 3 s after 503, ", "waits 4 s after 503, ", "waits 5 s after 503, "));
    }

    [Test]
    public void A_pause_that_was_asked_for_is_kept()
    {
        var gate = new SendGate(TimeSpan.FromMinutes(10), new FakeTimeProvider());
        gate.Failed(TimeSpan.FromSeconds(9), "503");
        Assert.That(gate.Waiting, Is.EqualTo("waits 9 s after 503, "));
        gate.Hold(TimeSpan.FromSeconds(2), "429");
        Assert.That(gate.Waiting, Is.EqualTo("waits 9 s after 503, "));
    }
}
