using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.IngestApi.Support;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Tests.IngestApi.Answers;

public sealed class FaultTests : ApiFixture
{
    private const string Secret = "broker-7.internal";

    [TearDown]
    public void Mend() => Api.Log.Failure = null;

    private static IEnumerable<TestCaseData<Exception, int>> Faults()
    {
        yield return new(new LogWriteException(Secret, nothingWritten: true, LogWriteFailure.Unavailable), 503) { TestName = "away" };
        yield return new(new LogWriteException(Secret, nothingWritten: false, LogWriteFailure.Unavailable), 503) { TestName = "unknown" };
        yield return new(new LogWriteException(Secret, nothingWritten: false, LogWriteFailure.Fatal), 503) { TestName = "fatal" };
        yield return new(new LogWriteException(Secret, nothingWritten: true, LogWriteFailure.RecordRefused), 500) { TestName = "refused" };
        yield return new(new InfrastructureException(Secret), 503) { TestName = "infrastructure" };
        yield return new(new InvalidOperationException(Secret), 500) { TestName = "a bug" };
    }

    [TestCaseSource(nameof(Faults))]
    public async Task What_the_log_does_not_take_is_not_accepted(Exception fault, int status)
    {
        Api.Log.Failure = fault;
        foreach (var request in (RawRequest[])[RawRequest.Single(), RawRequest.BulkOf(Samples.Event, Samples.Invalid).With("Prefer: return=representation")])
        {
            var answer = await SendAsync(request, status);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(answer["Retry-After"], Is.EqualTo(status == 503 ? "2" : null));
                Assert.That(answer["Events-Rejected"], Is.Null);
                Assert.That(answer["Preference-Applied"], Is.Null);
                Assert.That(answer.Text, Does.Not.Contain(Secret).And.Not.Contain("Exception").And.Not.Contain("   at "));
            }
        }

        Api.Log.Failure = null;
        await SendAsync(RawRequest.Single(), 202);
    }

    [Test]
    public async Task A_202_waits_until_the_log_has_the_event()
    {
        var gate = new TaskCompletionSource();
        Api.Log.Gate = gate.Task;
        var begun = Api.Log.Begun;
        await using var connection = await Api.ConnectAsync();
        await connection.SendAsync(RawRequest.Single().ToBytes());
        var answer = connection.ReceiveAsync();
        await Eventually.BecomesAsync(() => Api.Log.Begun, Is.EqualTo(begun + 1));
        Assert.That(answer.IsCompleted, Is.False);
        Api.Log.Gate = null;
        gate.SetResult();
        Assert.That((await answer).Status, Is.EqualTo(202));
        Assert.That(Api.Log.Records[^1].Text, Is.EqualTo(Samples.Event), "its bytes were kept until then");
    }

    [Test]
    public async Task No_log_line_at_any_level_shows_a_key_or_an_address()
    {
        await SendAsync(RawRequest.Single(), 202);
        await SendAsync(RawRequest.Single().WithKey("ce_wrong_key"), 401);
        await SendAsync(RawRequest.BulkOf(Samples.Event, """{"eventName":"a","customer":{"email":"ada@example.com","id":"x"}}"""), 202);
        Api.Log.Failure = new InvalidOperationException("bug");
        await SendAsync(RawRequest.Single(), 500);
        var text = string.Join('\n', Api.Logs.Lines.Select(l => l.Text));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Api.Logs.Lines.Where(l => l.Level == LogLevel.Error), Is.Not.Empty, "a bug is told to the operator");
            Assert.That(text, Does.Not.Contain(RunningApi.Key).And.Not.Contain("ce_wrong_key").And.Not.Contain("example.com").And.Not.Contain("Viewed Product"));
        }
    }
}
