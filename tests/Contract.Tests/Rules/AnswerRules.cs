using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;

namespace CustomEvents.Tests.Contract.Rules;

/// <summary>What the API answers: the basics of contract sections 1 to 4 and 7, over a running pipeline. The API's own tests have the rest.</summary>
[TestFixtureSource(typeof(AllDeployments), nameof(AllDeployments.All))]
public sealed class AnswerRules(DeploymentSource source) : RuleFixture(source)
{
    private const string Valid = """{"eventName":"Answered","customer":{"email":"answered@example.com"}}""";

    [TestCase("/stores/STORE/events")]
    [TestCase("/v2.2/stores/STORE/events")]
    [TestCase("/stores/STORE/events?debug=1")]
    public async Task An_accepted_event_is_answered_with_202_and_no_body(string path)
    {
        var answer = await SendAsync(HttpMethod.Post, path, Store.Key, Valid);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted));
            Assert.That(answer.Body, Is.Empty);
            Assert.That(answer.Headers, Does.ContainKey("X-Request-Id").And.ContainKey("RateLimit").And.ContainKey("RateLimit-Policy"));
            Assert.That(answer.Headers, Does.Not.ContainKey("Events-Rejected"));
        });
    }

    [Test]
    public async Task A_bulk_request_that_is_accepted_whole_is_answered_with_202_and_no_body()
    {
        var answer = await SendAsync(HttpMethod.Post, "/v2.2/stores/STORE/events/bulk", Store.Key, $$"""{"events":[{{Valid}},{{Valid}}]}""");
        Assert.Multiple(() =>
        {
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted));
            Assert.That(answer.Body, Is.Empty);
            Assert.That(answer.Headers, Does.Not.ContainKey("Events-Rejected"));
        });
    }

    [TestCase("POST", "/stores/STORE/event", 404)]
    [TestCase("POST", "/stores/STORE/events/", 404)]
    [TestCase("POST", "/stores/not.a.store/events", 404)]
    [TestCase("GET", "/stores/STORE/events", 405)]
    [TestCase("PUT", "/stores/STORE/events/bulk", 405)]
    public async Task A_path_or_method_of_another_form_is_refused(string method, string path, int status)
    {
        var answer = await SendAsync(new HttpMethod(method), path, Store.Key, Valid);
        AssertProblem(answer, status);
        if (status == 405)
            Assert.That(answer.Headers["Allow"], Is.EqualTo("POST"));
    }

    [Test]
    public async Task No_key_and_an_unknown_key_are_answered_with_401()
    {
        foreach (var key in new[] { null, "nobody-has-this" })
        {
            var answer = await SendAsync(HttpMethod.Post, "/stores/STORE/events", key, Valid);
            AssertProblem(answer, 401);
            Assert.That(answer.Headers["WWW-Authenticate"], Does.StartWith("Bearer"));
        }
    }

    [Test]
    public async Task A_key_without_the_scope_is_answered_with_403_and_a_store_that_is_not_the_key_s_with_404()
    {
        var other = await Pipeline.GetOtherStoreAsync();
        var reader = await Pipeline.CreateKeyAsync(Store.Id, "--scope", "customer_events_read");
        AssertProblem(await SendAsync(HttpMethod.Post, "/stores/STORE/events", reader, Valid), 403);
        AssertProblem(await SendAsync(HttpMethod.Post, $"/stores/{other.Id}/events", Store.Key, Valid), 404);
        AssertProblem(await SendAsync(HttpMethod.Post, $"/stores/{Deployment.NewStoreId()}/events", Store.Key, Valid), 404);
    }

    [Test]
    public async Task A_revoked_key_stops_working()
    {
        var store = await Pipeline.CreateStoreAsync();
        Assert.That((await store.PostAsync(Valid)).Status, Is.EqualTo(HttpStatusCode.Accepted));
        var listed = await Pipeline.AskAsync("keys", "list", "--store", store.Id);
        await Pipeline.AskAsync("keys", "revoke", listed.GetProperty("keys")[0].GetProperty("keyId").GetString()!);
        await Eventually.TrueAsync(
            async () => await store.PostAsync(Valid) is { Status: not HttpStatusCode.Unauthorized } answer ? answer.ToString() : null,
            () => "A revoked key still works.");
    }

    [TestCase("", "invalid_json")]
    [TestCase("{", "invalid_json")]
    [TestCase("{} x", "invalid_json")]
    [TestCase("{\"eventName\":\"e\",}", "invalid_json")]
    [TestCase("{/* no */}", "invalid_json")]
    [TestCase("[]", "invalid_type")]
    public async Task A_body_that_is_no_event_is_answered_with_400(string body, string code)
    {
        var answer = await Store.PostAsync(body);
        AssertProblem(answer, 400);
        Assert.That(answer.Json.GetProperty("errors")[0].GetProperty("code").GetString(), Is.EqualTo(code));
    }

    [Test]
    public async Task All_errors_are_told()
    {
        var answer = await Store.PostAsync("""{"eventName":"","customer":{"email":"x","phoneNumber":"y"},"value":"1"}""");
        Assert.That(answer.Errors, Is.EquivalentTo(new[]
        {
            "/eventName invalid_length", "/customer/email invalid_format", "/customer/phoneNumber invalid_format", "/value invalid_type",
        }));
    }

    [TestCase("{}", "/events required")]
    [TestCase("{\"events\":{}}", "/events invalid_type")]
    [TestCase("{\"events\":[]}", "/events no_events")]
    [TestCase("{\"events\":[EVENT],\"more\":1}", "/more unknown_member")]
    [TestCase("{\"events\":[101]}", "/events too_many_events")]
    public async Task An_envelope_of_another_form_is_refused_whole(string body, string error)
    {
        body = body.Replace("EVENT", Valid, StringComparison.Ordinal).Replace("101", string.Join(',', Enumerable.Repeat(Valid, 101)), StringComparison.Ordinal);
        var answer = await Store.PostAsync(body, isBulk: true);
        AssertProblem(answer, 400);
        Assert.That(answer.Errors, Does.Contain(error));
    }

    [TestCase("text/plain", null)]
    [TestCase("application/json; charset=latin1", null)]
    [TestCase("application/json", "compress")]
    public async Task Another_media_type_or_encoding_is_answered_with_415(string type, string? encoding)
    {
        var content = new StringContent(Valid);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        AssertProblem(await Store.PostAsync(content), 415);
    }

    [Test]
    public async Task A_compressed_body_is_the_event_it_holds()
    {
        using var bytes = new MemoryStream();
        await using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Valid));
        var content = new ByteArrayContent(bytes.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        var answer = await Store.PostAsync(content, false, ("Prefer", "return=representation"));
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted), answer.Body);
        Assert.That((await Store.StoredAsync(answer.Json.GetProperty("eventId").GetGuid()))["eventName"].AsString, Is.EqualTo("Answered"));
    }

    [Test]
    public async Task A_single_event_over_5_MB_is_answered_with_413_and_the_largest_one_is_stored()
    {
        AssertProblem(await Store.PostAsync(OfLength(5 * 1024 * 1024 + 1)), 413);
        var stored = await Store.StoreAsync(OfLength(5 * 1024 * 1024));
        Assert.That(stored["extra"].AsBsonDocument.ElementCount, Is.GreaterThan(50));
    }

    [Test]
    public async Task An_event_over_5_MB_in_a_bulk_request_is_a_rejection_of_that_event()
    {
        var results = await Store.SendBulkAsync([OfLength(5 * 1024 * 1024 + 1), Valid]);
        Assert.That(results[0].Errors, Is.EqualTo(new[] { "too_large" }));
        await Store.StoredAsync(results[1].EventId!.Value);
        await Eventually.TrueAsync(
            async () =>
            {
                var listed = (await Pipeline.AskAsync("rejections", "list", "--store", Store.Id, "--code", "too_large")).GetProperty("rejections");
                return listed.EnumerateArray().Any(one => one.GetProperty("eventId").GetGuid() == results[0].EventId) ? null : listed.ToString();
            },
            () => "The rejection is not listed.");
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string? key, string body)
    {
        using var request = new HttpRequestMessage(method, path.Replace("STORE", Store.Id, StringComparison.Ordinal));
        if (method != HttpMethod.Get)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Pipeline.SendAsync(request);
    }

    private static void AssertProblem(Answer answer, int status)
    {
        Assert.That((int)answer.Status, Is.EqualTo(status), answer.Body);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Headers["Content-Type"], Does.StartWith("application/problem+json"));
            Assert.That(answer.Json.GetProperty("status").GetInt32(), Is.EqualTo(status));
            Assert.That(answer.Json.GetProperty("title").GetString(), Is.Not.Empty);
            Assert.That(answer.Headers, Does.ContainKey("X-Request-Id"));
        });
    }

    /// <summary>A valid event of exactly so many bytes, made of many strings that are each short enough.</summary>
    private static string OfLength(int bytes)
    {
        const string Head = """{"eventName":"Large","customer":{"email":"large@example.com"},"data":{"$extra":{""";
        var text = new StringBuilder(Head, bytes);
        const string Tail = "\"z\":1}}}";
        for (var n = 0; bytes - text.Length - Tail.Length > 0; n++)
        {
            var name = $"\"k{n:D4}\":\"";
            var left = bytes - text.Length - Tail.Length;
            // What would be too little for another member goes into blanks.
            if (left < name.Length + 3)
            {
                text.Append(' ', left);
                break;
            }

            var fill = Math.Min(100_000, left - name.Length - 2);
            text.Append(name).Append('x', fill).Append("\",");
        }

        return text.Append(Tail).ToString();
    }
}
