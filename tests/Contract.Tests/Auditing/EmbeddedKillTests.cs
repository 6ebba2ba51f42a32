using System.Globalization;
using System.Net;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Contract.Reading;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>
/// A client sends events in bulk to the embedded pipeline, which is killed under it, and sends again what got no 202. <c>EMBEDDED_KILLS</c> says how
/// often it is killed (3), <c>EMBEDDED_REQUESTS</c> how many bulk requests of 12 events there are (60).
/// </summary>
[TestFixture]
[NonParallelizable]
public sealed class EmbeddedKillTests
{
    private const int People = 12;
    private static readonly int Kills = Setting("EMBEDDED_KILLS", 3);
    private static readonly int Requests = Setting("EMBEDDED_REQUESTS", 60);
    private EmbeddedDeployment _pipeline = null!;

    [OneTimeSetUp]
    public async Task StartPipeline() => _pipeline = await EmbeddedDeployment.StartOwnAsync();

    [OneTimeTearDown]
    public async Task StopPipeline()
    {
        if (_pipeline is not null)
            await _pipeline.DisposeAsync();
    }

    [Test]
    public async Task Every_event_that_got_a_202_is_stored_once_and_the_profiles_are_right()
    {
        var store = await _pipeline.CreateStoreAsync();
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (var request = 0; request < Requests; request++)
            {
                await SendUntilAcceptedAsync(store, request);
                Volatile.Write(ref sent, request + 1);
            }
        });
        for (var kill = 1; kill <= Kills; kill++)
        {
            var due = Requests * kill / (Kills + 1);
            await Eventually.TrueAsync(
                () => Task.FromResult(Volatile.Read(ref sent) >= due || sending.IsFaulted ? null : $"{sent} requests accepted"), () => "Requests are not accepted.");
            await _pipeline.KillAsync();
        }

        await sending;
        await store.SettleAsync();
        for (var person = 0; person < People; person++)
        {
            var customer = await store.CustomerAsync("email", $"p{person}@example.com");
            var count = await store.CountEventsAsync(customer["customerId"]);
            Assert.Multiple(() =>
            {
                Assert.That(count, Is.EqualTo(Requests), $"events of person {person}");
                Assert.That(StoredText.Of(customer["customFields"]), Is.EqualTo($"{{\"last\":Long({Requests - 1})}}"));
            });
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var given) ? given : otherwise;

    // One event of each person in each request; half of them have a uniqueId, the others are the same again by the request's key.
    private static async Task SendUntilAcceptedAsync(TestStore store, int request)
    {
        var events = Enumerable.Range(0, People).Select(person =>
            $"{{\"eventName\":\"Counted\",\"customer\":{{\"email\":\"p{person}@example.com\",\"customFields\":{{\"last\":{request}}}}}{(person % 2 == 0 ? $",\"uniqueId\":\"{request}-{person}\"" : "")}}}");
        var body = $$"""{"events":[{{string.Join(',', events)}}]}""";
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    var answer = await store.PostAsync(body, true, ("Idempotency-Key", $"request-{request}"));
                    return answer.Status == HttpStatusCode.Accepted ? null : answer.ToString();
                }
                catch (Exception away) when (away is HttpRequestException or InvalidOperationException or TaskCanceledException)
                {
                    // It is being killed, or does not listen yet.
                    return away.Message;
                }
            },
            () => $"Request {request} is not accepted.");
    }
}
