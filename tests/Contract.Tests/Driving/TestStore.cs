using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CustomEvents.Tests.Contract.Deployments;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Driving;

/// <summary>A store with a key: what a producer has, and what a reader finds.</summary>
public sealed class TestStore(Deployment pipeline, string id, string key)
{
    private static int _counter;

    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>Its key.</summary>
    public string Key => key;

    /// <summary>The pipeline.</summary>
    public Deployment Pipeline => pipeline;

    /// <summary>Text that nothing else in this run has.</summary>
    public static string Unique(string prefix) => $"{prefix}-{Interlocked.Increment(ref _counter)}";

    /// <summary>An e-mail address that nobody has.</summary>
    public static string NewEmail() => $"{Unique("customer")}@example.com";

    /// <summary>A phone number that nobody has.</summary>
    public static string NewPhone() => $"+1555{Interlocked.Increment(ref _counter):D7}";

    /// <summary>An id that no customer has.</summary>
    public static string NewCustomerId() => Guid.NewGuid().ToString("N")[..24];

    /// <summary>Posts a body; the answer whatever it is.</summary>
    public Task<Answer> PostAsync(string body, bool isBulk = false, params (string Name, string Value)[] headers) =>
        PostAsync(new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")), isBulk, headers);

    /// <summary>Posts a body; the answer whatever it is.</summary>
    public async Task<Answer> PostAsync(HttpContent body, bool isBulk = false, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/stores/{id}/events{(isBulk ? "/bulk" : "")}") { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await pipeline.SendAsync(request);
    }

    /// <summary>Sends one event that has to be accepted; its id.</summary>
    public async Task<Guid> SendAsync(string json, params (string Name, string Value)[] headers)
    {
        var answer = await PostAsync(json, false, [("Prefer", "return=representation"), .. headers]);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted), answer.Body);
        return answer.Json.GetProperty("eventId").GetGuid();
    }

    /// <summary>Sends a bulk request of which something has to be accepted; one result for each event, in order.</summary>
    public async Task<IReadOnlyList<BulkResult>> SendBulkAsync(IEnumerable<string> events, params (string Name, string Value)[] headers)
    {
        var answer = await PostAsync($$"""{"events":[{{string.Join(',', events)}}]}""", true, [("Prefer", "return=representation"), .. headers]);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted), answer.Body);
        return [.. answer.Json.GetProperty("results").EnumerateArray().Select(BulkResult.Read)];
    }

    /// <summary>An event as it is stored, as soon as it is.</summary>
    public Task<BsonDocument> StoredAsync(Guid eventId) => Eventually.FindAsync(
        () => pipeline.FindEventAsync(id, eventId), () => $"The event {eventId} of the store {id} was accepted and is not stored.");

    /// <summary>Sends one event and waits until it is stored.</summary>
    public async Task<BsonDocument> StoreAsync(string json) => await StoredAsync(await SendAsync(json));

    /// <summary>Sends events in one request and waits until the last is stored: then all are, since order is per store.</summary>
    public async Task<IReadOnlyList<BsonDocument>> StoreAllAsync(params string[] events)
    {
        var results = await SendBulkAsync(events);
        var last = await StoredAsync(results[^1].EventId!.Value);
        var stored = new List<BsonDocument>();
        foreach (var result in results.SkipLast(1))
        {
            var found = await pipeline.FindEventAsync(id, result.EventId!.Value);
            stored.Add(found ?? throw new AssertionException($"The event {result.EventId} came before one that is stored, and is not stored."));
        }

        return [.. stored, last];
    }

    /// <summary>Waits until everything that was sent to this store before went through the pipeline: proves what did not happen.</summary>
    public async Task SettleAsync() =>
        await StoreAsync($$$"""{"eventName":"Sentinel","customer":{"email":"{{{NewEmail()}}}"}}""");

    /// <summary>A customer that has to be there.</summary>
    public async Task<BsonDocument> CustomerAsync(string by, string value) =>
        await pipeline.FindCustomerAsync(id, by, value) ?? throw new AssertionException($"The store {id} has no customer whose {by} is {value}.");

    /// <summary>A customer, or null.</summary>
    public Task<BsonDocument?> FindCustomerAsync(string by, string value) => pipeline.FindCustomerAsync(id, by, value);

    /// <summary>How many events a customer has.</summary>
    public Task<long> CountEventsAsync(BsonValue customerId) => pipeline.CountEventsAsync(id, customerId.AsObjectId);
}
