using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Requests;

/// <summary>A request that is wrong in every way is answered by the first check; mended check by check it walks through section 2.</summary>
public sealed class OrderOfChecksTests
{
    [Test]
    public async Task The_first_check_that_fails_answers()
    {
        await using var api = await RunningApi.StartAsync(("RateLimit:Burst", "5"), ("RateLimit:RequestsPerSecond", "1"));
        var tooLarge = Samples.EventOf((5 * 1024 * 1024) + 1);
        tooLarge[0] = (byte)'x';
        var request = new RawRequest
        {
            Method = "PUT",
            Target = $"/stores/{RunningApi.StoreId}/event",
            Headers = ["Host: api", "Content-Type: text/plain", "Content-Encoding: lzw", "Idempotency-Key: a b"],
            Body = tooLarge,
        };
        var seen = new List<string>();
        async Task Send(RawRequest next)
        {
            request = next;
            var answer = await api.SendAsync(request);
            seen.Add(answer.Status + (answer.Status == 400 ? " " + string.Join(',', answer.Errors) : ""));
            Assert.That(answer["RateLimit"] is not null, Is.EqualTo(answer.Status is not (404 or 405 or 401 or 403)), $"rate headers of {answer}");
        }

        await Send(request);
        await Send(request with { Target = $"/stores/{RunningApi.StoreId}/events" });
        await Send(request with { Method = "POST" });
        await Send(request.WithKey("wrong"));
        await Send(request.WithKey(RunningApi.ReadOnlyKey));
        await Send(request.WithKey(RunningApi.OtherStoresKey));
        await Send(request.WithKey(RunningApi.Key));
        await Send(request.Instead("Content-Type: application/json"));
        await Send(request.Without("Content-Encoding"));
        await Send(request.Without("Idempotency-Key"));
        await Send(request with { Body = tooLarge[..100] });
        await Send(request with { Body = "{}"u8.ToArray() });
        api.Time.Advance(TimeSpan.FromSeconds(1));
        await Send(request with { Body = "{}"u8.ToArray() });
        api.Time.Advance(TimeSpan.FromSeconds(1));
        await Send(request with { Body = System.Text.Encoding.UTF8.GetBytes(Samples.Event) });
        Assert.That(seen, Is.EqualTo((string[])
        [
            "404", "405", "401", "401", "403", "404", "415", "415", "400 invalid_format ", "413", "400 invalid_json ", "429",
            "400 required /eventName,required /customer", "202",
        ]));
    }
}
