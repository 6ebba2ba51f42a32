using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.RateLimiting;

public sealed class RateLimitHeaderTests
{
    [Test]
    public async Task Every_answer_from_the_rate_check_on_tells_what_is_left()
    {
        await using var api = await RunningApi.StartAsync();
        await using var connection = await api.ConnectAsync();
        var statuses = new Dictionary<int, int>();
        for (var i = 0; i < 102; i++)
        {
            // Every request takes a token, whatever its answer.
            var request = (i % 3) switch { 0 => RawRequest.Single(), 1 => RawRequest.Single("{}"), _ => RawRequest.Single().Instead("Content-Type: a/b") };
            await connection.SendAsync(request.ToBytes());
            var answer = await connection.ReceiveAsync();
            statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
            Assert.That(answer["RateLimit-Policy"], Is.EqualTo("\"default\";q=100;w=1"));
            Assert.That(answer["RateLimit"], Is.EqualTo($"\"default\";r={Math.Max(0, 99 - i)};t=1"));
            Assert.That(answer["Retry-After"], Is.EqualTo(answer.Status == 429 ? "1" : null));
        }

        Assert.That(statuses, Is.EqualTo(new Dictionary<int, int> { [202] = 34, [400] = 33, [415] = 33, [429] = 2 }));
        Assert.That((await api.SendAsync(RawRequest.BulkOf(Samples.Event))).Status, Is.EqualTo(202), "the other endpoint has its own");
        Assert.That((await api.SendAsync(RawRequest.Single().To($"/v2.2/stores/{RunningApi.StoreId}/events"))).Status, Is.EqualTo(429), "the prefix has not");
        api.Time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.That((await api.SendAsync(RawRequest.Single())).Status, Is.EqualTo(202));
        Assert.That((await api.SendAsync(RawRequest.Single())).Status, Is.EqualTo(429));
    }

    [Test]
    public async Task The_policy_tells_the_configured_rate()
    {
        await using var api = await RunningApi.StartAsync(("RateLimit:RequestsPerSecond", "2"), ("RateLimit:Burst", "7"));
        var answer = await api.SendAsync(RawRequest.Single());
        Assert.That((answer["RateLimit-Policy"], answer["RateLimit"]), Is.EqualTo(("\"default\";q=2;w=1", "\"default\";r=6;t=1")));
    }
}
