using System.Text;
using CustomEvents.IngestApi.Bodies;
using CustomEvents.Tests.IngestApi.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.IngestApi.Bodies;

public sealed class BodyLimitTests : ApiFixture
{
    private const int MB = 1024 * 1024;

    [TestCase(0)]
    [TestCase(65_536)]
    public async Task A_single_event_has_at_most_5_MB(int chunkSize)
    {
        await SendAsync(RawRequest.Single().WithBody(Samples.EventOf(5 * MB)) with { ChunkSize = chunkSize }, 202);
        Assert.That(Api.Log.Records[^1].Value, Has.Length.EqualTo(5 * MB));
        await SendAsync(RawRequest.Single().WithBody(Samples.EventOf((5 * MB) + 1)) with { ChunkSize = chunkSize }, 413);
    }

    [TestCase(0)]
    [TestCase(65_536)]
    public async Task A_bulk_body_has_at_most_20_MB(int chunkSize)
    {
        var body = new byte[20 * MB];
        body.AsSpan().Fill((byte)' ');
        RawRequest.BulkOf(Samples.Event).Body.CopyTo(body.AsSpan());
        await SendAsync(RawRequest.BulkOf().WithBody(body) with { ChunkSize = chunkSize }, 202);
        await SendAsync(RawRequest.BulkOf().WithBody([.. body, (byte)' ']) with { ChunkSize = chunkSize }, 413);
    }

    [Test]
    public async Task An_announced_length_over_the_limit_is_refused_at_once()
    {
        foreach (var length in (long[])[(5 * MB) + 1, 100L * MB, long.MaxValue])
        {
            await using var connection = await Api.ConnectAsync();
            await connection.SendAsync((RawRequest.Single() with { ContentLength = length }).Head());
            Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(413), $"{length} bytes announced, none sent");
        }
    }

    [Test]
    public async Task A_chunked_body_without_end_is_refused_when_the_limit_is_reached()
    {
        await using var connection = await Api.ConnectAsync();
        await connection.SendAsync((RawRequest.Single() with { ChunkSize = 1 }).Head());
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string(' ', 65_536) + "\r\n");
        for (var i = 0; i < (5 * MB / 65_536) + 1; i++)
            await connection.SendAsync(chunk);
        Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(413));
    }

    [Test]
    public async Task A_connection_lives_on_after_an_answer_that_did_not_read_the_body()
    {
        await using var connection = await Api.ConnectAsync();
        foreach (var (request, status) in (IEnumerable<(RawRequest, int)>)
        [
            (RawRequest.Single().Without("Authorization"), 401),
            (RawRequest.Single().Without("Authorization") with { ChunkSize = 10 }, 401),
            (RawRequest.Single().WithBody(Samples.EventOf(MB)).Without("Authorization"), 401),
            (RawRequest.Single().Instead("Content-Type: text/plain"), 415),
            (RawRequest.Single().WithBody(Samples.EventOf((5 * MB) + 1)), 413),
            (RawRequest.Single().WithBody(Samples.EventOf((5 * MB) + 70_000)) with { ChunkSize = 65_536 }, 413),
            (new RawRequest { Method = "GET" }, 405),
            (RawRequest.Single(), 202),
        ])
        {
            await connection.SendAsync(request.ToBytes());
            Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(status));
        }
    }

    [Test]
    public async Task A_stranger_with_a_large_body_is_answered_and_let_go()
    {
        await using var connection = await Api.ConnectAsync();
        await connection.SendAsync((RawRequest.BulkOf().Without("Authorization") with { ContentLength = 20 * MB }).Head());
        var answer = await connection.ReceiveAsync();
        Assert.That((answer.Status, answer["Connection"]), Is.EqualTo((401, "close")));
        await connection.SendAsync(new byte[(6 * MB) + 1]);
        Assert.That(await connection.IsClosedAsync(), Is.True);
    }

    [Test]
    public async Task Requests_may_be_pipelined()
    {
        await using var connection = await Api.ConnectAsync();
        await connection.SendAsync([.. RawRequest.Single().ToBytes(), .. RawRequest.Single("{}").ToBytes(), .. (RawRequest.Single() with { ChunkSize = 5 }).ToBytes()]);
        Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(202));
        Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(400));
        Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(202));
    }

    [Test]
    public async Task A_client_that_expects_100_continue_is_told_to_go_on_or_the_answer()
    {
        await using var connection = await Api.ConnectAsync();
        var request = RawRequest.Single().With("Expect: 100-continue");
        await connection.SendAsync(request.Head());
        Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(100));
        await connection.SendAsync(request.Body);
        Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(202));

        await using var refused = await Api.ConnectAsync();
        await refused.SendAsync(request.Without("Authorization").Head());
        Assert.That((await refused.ReceiveAsync()).Status, Is.EqualTo(401), "the answer at once, no 100");
    }

    [TestCase("5\r\n{\"a\"}\r\nzz\r\n")]
    [TestCase("-1\r\n")]
    [TestCase("5\r\n{\"a\"}xx0\r\n\r\n")]
    public async Task A_broken_chunk_is_not_HTTP(string chunks)
    {
        await using var connection = await Api.ConnectAsync();
        await connection.SendAsync([.. (RawRequest.Single() with { ChunkSize = 1 }).Head(), .. Encoding.ASCII.GetBytes(chunks)]);
        var answer = await connection.ReceiveAsync();
        Assert.That((answer.Status, answer.Body.Length), Is.EqualTo((400, 0)));
        Assert.That(await connection.IsClosedAsync(), Is.True);
    }

    [Test]
    public async Task A_body_that_stalls_for_10_seconds_is_given_up()
    {
        await using var connection = await Api.ConnectAsync();
        var request = RawRequest.Single();
        await BeginBodyAsync(connection, request);
        await connection.SendAsync(request.Body[..10]);
        var answer = await AdvanceUntilAnsweredAsync(connection, TimeSpan.FromSeconds(1), most: 11);
        Assert.That((answer.Status, answer["Connection"]), Is.EqualTo((408, "close")), answer.ToString());
    }

    [Test]
    public async Task A_body_that_trickles_is_given_up_after_60_seconds()
    {
        await using var connection = await Api.ConnectAsync();
        var request = RawRequest.Single();
        await BeginBodyAsync(connection, request);
        var sent = 0;
        var answer = connection.ReceiveAsync();
        for (; sent < 24 && !answer.IsCompleted; sent++)
        {
            Api.Time.Advance(TimeSpan.FromSeconds(3));
            await connection.SendAsync(request.Body.AsMemory(sent, 1));
            await Task.WhenAny(answer, Task.Delay(50));
        }

        Assert.That((await answer).Status, Is.EqualTo(408));
        Assert.That(sent, Is.InRange(18, 24));
    }

    [Test]
    public async Task A_client_that_goes_away_is_no_error_and_leaves_nothing_behind()
    {
        foreach (var chunkSize in (int[])[0, 1])
        {
            var connection = await Api.ConnectAsync();
            await connection.SendAsync((RawRequest.Single() with { ContentLength = 4 * MB, ChunkSize = chunkSize }).Head());
            if (chunkSize == 0)
                await Eventually.BecomesAsync(() => Used, Is.EqualTo(4 * MB));
            connection.Reset();
            await Eventually.BecomesAsync(() => Used, Is.Zero);
        }

        Assert.That(Api.Logs.Lines.Where(l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning), Is.Empty);
    }

    [Test]
    public async Task Above_the_bytes_in_flight_a_body_is_refused_before_it_is_read()
    {
        await using var api = await RunningApi.StartAsync(("Ingest:MaxBytesInFlight", $"{64 * MB}"));
        var head = (RawRequest.BulkOf() with { ContentLength = 20 * MB }).Head();
        var waiting = new List<RawConnection>();
        for (var i = 1; i <= 3; i++)
        {
            var connection = await api.ConnectAsync();
            waiting.Add(connection);
            await connection.SendAsync(head);
            await Eventually.BecomesAsync(() => api.Services.GetRequiredService<BytesInFlight>().Used, Is.EqualTo(i * 20L * MB));
        }

        await using var fourth = await api.ConnectAsync();
        await fourth.SendAsync(head);
        var refused = await fourth.ReceiveAsync();
        Assert.That((refused.Status, refused["Retry-After"]), Is.EqualTo((503, "1")));
        Assert.That((await api.SendAsync(RawRequest.Single())).Status, Is.EqualTo(202), "a small one fits");
        foreach (var connection in waiting)
            connection.Reset();
        await Eventually.BecomesAsync(() => api.Services.GetRequiredService<BytesInFlight>().Used, Is.Zero);
        Assert.That((await api.SendAsync(RawRequest.BulkOf(Samples.Event))).Status, Is.EqualTo(202), "it recovers by itself");
    }

    private long Used => Api.Services.GetRequiredService<BytesInFlight>().Used;

    /// <summary>Sends the head and waits until the API reads the body, so that the time that is moved from then on counts.</summary>
    private static async Task BeginBodyAsync(RawConnection connection, RawRequest request)
    {
        await connection.SendAsync(request.With("Expect: 100-continue").Head());
        Assert.That((await connection.ReceiveAsync()).Status, Is.EqualTo(100));
    }

    private async Task<RawAnswer> AdvanceUntilAnsweredAsync(RawConnection connection, TimeSpan step, int most)
    {
        var answer = connection.ReceiveAsync();
        for (var i = 0; i < most && !answer.IsCompleted; i++)
        {
            // The timer may be made a moment after the time was moved: what matters is that so many steps are enough.
            await Task.WhenAny(answer, Task.Delay(50));
            Api.Time.Advance(step);
        }

        return await answer;
    }
}
