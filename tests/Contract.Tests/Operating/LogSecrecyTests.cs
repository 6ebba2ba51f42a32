using System.Net;
using System.Text.RegularExpressions;
using CustomEvents.Tests.Contract.Deployments;

namespace CustomEvents.Tests.Contract.Operating;

/// <summary>The whole output of a run of the real programs, at the most talkative levels, has no key, no e-mail address and nothing of an event.</summary>
public sealed partial class LogSecrecyTests
{
    private static readonly (string, string)[] Talkative =
    [
        ("Logging__LogLevel__Default", "Trace"),
        ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"),
        ("Logging__LogLevel__System.Net.Http", "Trace"),
    ];

    [Test]
    public async Task A_run_on_servers_shows_no_secret() => await RunAsync(await ServersDeployment.StartOwnAsync(Talkative));

    [Test]
    public async Task A_run_of_the_embedded_pipeline_shows_no_secret() => await RunAsync(await EmbeddedDeployment.StartOwnAsync(Talkative));

    private static async Task RunAsync(Deployment started)
    {
        await using var pipeline = started;
        var store = await pipeline.CreateStoreAsync();
        const string Customer = """{"email":"log-secret@example.com","phoneNumber":"+15550009999","firstName":"Logsecretname"}""";
        var good = $$$"""{"eventName":"Logsecretevent","customer":{{{Customer}}},"data":{"Logsecretkey":"logsecretvalue"},"uniqueId":"logsecretunique"}""";
        var bad = $$$"""{"eventName":"Logsecretevent","customer":{{{Customer}}},"data":{"Logsecretkey":{"deep":1e999}},"value":"logsecretvalue"}""";
        var eventId = await store.SendAsync(good, ("Idempotency-Key", "logsecretidempotency"));
        await store.PostAsync(good);
        await store.SendBulkAsync([good, bad, good]);
        Assert.That((await store.PostAsync(bad)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        foreach (var header in new[] { "Bearer ce_logsecretkey", "Basic bG9nc2VjcmV0", "ce_logsecretkey" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/stores/{store.Id}/events") { Content = new StringContent(good) };
            request.Headers.TryAddWithoutValidation("Authorization", header);
            Assert.That((await pipeline.SendAsync(request)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        }

        if (pipeline.DirectProducer is { } producer)
            await producer.SendAsync(store.Id, bad);
        await store.StoredAsync(eventId);
        await store.SettleAsync();

        var output = await pipeline.ReadOutputAsync();
        Assert.That(output, Does.Contain(" dbug: ").Or.Contain(" trce: "), "the programs were talkative");
        var secrets = output.Split('\n').Where(line =>
            line.Contains(store.Key, StringComparison.Ordinal) || line.Contains("logsecret", StringComparison.OrdinalIgnoreCase) ||
            line.Contains("+15550009999", StringComparison.Ordinal) || line.Contains("bG9nc2VjcmV0", StringComparison.Ordinal) || Address().IsMatch(line));
        Assert.That(secrets, Is.Empty);
    }

    [GeneratedRegex(@"[\w.+-]+@[\w-]+\.[a-z]{2,}")]
    private static partial Regex Address();
}
