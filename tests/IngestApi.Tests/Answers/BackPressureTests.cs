using CustomEvents.IngestApi.Requests;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.IngestApi.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.IngestApi.Answers;

/// <summary>Above what the log takes, requests are told so at once, and taken again as soon as it takes them.</summary>
public sealed class BackPressureTests
{
    private RunningApi _api = null!;
    private List<RawConnection> _connections = null!;

    [SetUp]
    public async Task StartApi()
    {
        _api = await RunningApi.StartAsync(("RateLimit:Burst", "1000"));
        _connections = [];
    }

    [TearDown]
    public async Task StopApi()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Test]
    public async Task A_log_that_hangs_turns_requests_away_at_once_and_takes_them_again_when_it_is_back()
    {
        var gate = new TaskCompletionSource();
        _api.Log.Gate = gate.Task;
        await WaitForLogAsync(LogPressure.MostWhileStalled + 10);
        _api.Time.Advance(LogPressure.StallLimit - TimeSpan.FromMilliseconds(1));
        await WaitForLogAsync(1);
        _api.Time.Advance(TimeSpan.FromMilliseconds(1));

        foreach (var request in (RawRequest[])[RawRequest.Single(), RawRequest.BulkOf(Samples.Event)])
        {
            var answer = await _api.SendAsync(request);
            Assert.That((answer.Status, answer["Retry-After"]), Is.EqualTo((503, "2")), answer.ToString());
        }

        Assert.That((await _api.SendAsync(RawRequest.Single("{}"))).Status, Is.EqualTo(400), "what is wrong is told first");
        _api.Log.Gate = null;
        gate.SetResult();
        foreach (var connection in _connections)
            Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(202));
        Assert.That((await _api.SendAsync(RawRequest.Single())).Status, Is.EqualTo(202));
        Assert.That(_api.Services.GetRequiredService<LogPressure>().Waiting, Is.Zero);
    }

    [Test]
    public async Task A_log_that_failed_is_asked_by_some_requests_and_not_by_all()
    {
        var gate = new TaskCompletionSource();
        _api.Log.Failure = new LogWriteException("away", nothingWritten: true, LogWriteFailure.Unavailable);
        Assert.That((await _api.SendAsync(RawRequest.Single())).Status, Is.EqualTo(503));
        _api.Log.Gate = gate.Task;
        await WaitForLogAsync(LogPressure.MostWhileStalled);
        Assert.That((await _api.SendAsync(RawRequest.Single())).Status, Is.EqualTo(503), "at once");
        Assert.That(_api.Services.GetRequiredService<LogPressure>().Waiting, Is.EqualTo(LogPressure.MostWhileStalled));

        _api.Log.Failure = null;
        _api.Log.Gate = null;
        gate.SetResult();
        await _connections[0].ReceiveAsync();
        await Eventually.BecomesAsync(async () => (await _api.SendAsync(RawRequest.Single())).Status, Is.EqualTo(202), "it is back");
    }

    [Test]
    public async Task A_log_that_nobody_wrote_to_for_long_does_not_count_as_one_that_hangs()
    {
        _api.Time.Advance(TimeSpan.FromHours(1));
        var gate = new TaskCompletionSource();
        _api.Log.Gate = gate.Task;
        await WaitForLogAsync(LogPressure.MostWhileStalled + 1);
        gate.SetResult();
        foreach (var connection in _connections)
            Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(202));
    }

    private async Task WaitForLogAsync(int requests)
    {
        var before = _api.Services.GetRequiredService<LogPressure>().Waiting;
        for (var i = 0; i < requests; i++)
        {
            var connection = await _api.ConnectAsync();
            _connections.Add(connection);
            await connection.SendAsync(RawRequest.Single().ToBytes());
        }

        await Eventually.BecomesAsync(() => _api.Services.GetRequiredService<LogPressure>().Waiting, Is.EqualTo(before + requests), "requests that wait");
    }
}
