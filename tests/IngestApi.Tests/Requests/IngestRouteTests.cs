using System.Text;
using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Requests;

public sealed class IngestRouteTests : ApiFixture
{
    private const string Store = RunningApi.StoreId;

    [TestCase("/stores/" + Store + "/events")]
    [TestCase("/v2.2/stores/" + Store + "/events")]
    [TestCase("/stores/" + Store + "/events?a=b&c")]
    [TestCase("/stores/" + Store + "/events?")]
    [TestCase("/stores/" + Store + "/events?x=/events/bulk")]
    [TestCase("http://api.example/stores/" + Store + "/events")]
    [TestCase("http://api.example/v2.2/stores/" + Store + "/events?q=1")]
    public async Task An_endpoint_is_found_by_its_exact_path(string target)
    {
        var host = target.StartsWith("http", StringComparison.Ordinal) ? "Host: api.example" : "Host: api";
        await SendAsync(RawRequest.Single().To(target).Instead(host), 202);
    }

    [TestCase("/stores/" + Store + "/events/bulk")]
    [TestCase("/v2.2/stores/" + Store + "/events/bulk")]
    [TestCase("/v2.2/stores/" + Store + "/events/bulk?x")]
    public async Task The_bulk_endpoint_is_found_by_its_exact_path(string target) =>
        await SendAsync(RawRequest.BulkOf(Samples.Event).To(target), 202);

    [TestCase("/")]
    [TestCase("/stores")]
    [TestCase("/stores/")]
    [TestCase("/stores/" + Store)]
    [TestCase("/stores/" + Store + "/")]
    [TestCase("/stores/" + Store + "/events/")]
    [TestCase("/stores/" + Store + "/events/bulk/")]
    [TestCase("/stores/" + Store + "/Events")]
    [TestCase("/Stores/" + Store + "/events")]
    [TestCase("/stores/" + Store + "/events/BULK")]
    [TestCase("//stores/" + Store + "/events")]
    [TestCase("/stores//events")]
    [TestCase("/stores/" + Store + "//events")]
    [TestCase("/stores/a.b/events")]
    [TestCase("/stores/a%20b/events")]
    [TestCase("/stores/%35f2a9c0e8b7d4c3a2b1f0e9d/events")]
    [TestCase("/stores/" + Store + "/%65vents")]
    [TestCase("/stores/x/../" + Store + "/events")]
    [TestCase("/./stores/" + Store + "/events")]
    [TestCase("/stores/" + Store + "/events/bulk/x")]
    [TestCase("/stores/" + Store + "/events;a=b")]
    [TestCase("/v2.2")]
    [TestCase("/v2.2/")]
    [TestCase("/v2.2stores/" + Store + "/events")]
    [TestCase("/V2.2/stores/" + Store + "/events")]
    [TestCase("/v2.1/stores/" + Store + "/events")]
    [TestCase("/v2.2/v2.2/stores/" + Store + "/events")]
    [TestCase("/stores/0123456789012345678901234567890123456789012345678901234567890123x/events", Description = "65 characters")]
    [TestCase("/stores/" + Store + "/events%3Fa")]
    [TestCase("http://api.example")]
    public async Task Another_path_is_no_such_path_even_without_a_key(string target)
    {
        var host = target.StartsWith("http", StringComparison.Ordinal) ? "Host: api.example" : "Host: api";
        await SendAsync(RawRequest.Single().To(target).Instead(host).Without("Authorization"), 404);
    }

    [TestCase("/stores/0123456789012345678901234567890123456789012345678901234567890123/events", Description = "64 characters")]
    [TestCase("/stores/a/events")]
    [TestCase("/stores/-_-/events/bulk")]
    public async Task A_path_with_an_id_of_the_right_form_asks_for_the_key_first(string target) =>
        await SendAsync(RawRequest.Single().To(target).Without("Authorization"), 401);

    [TestCase("GET")]
    [TestCase("HEAD")]
    [TestCase("PUT")]
    [TestCase("PATCH")]
    [TestCase("DELETE")]
    [TestCase("OPTIONS")]
    [TestCase("TRACE")]
    [TestCase("post")]
    [TestCase("Post")]
    [TestCase("POSTS")]
    [TestCase("BREW")]
    public async Task Another_method_is_told_which_one_is_allowed(string method)
    {
        foreach (var path in (string[])["events", "events/bulk"])
        {
            var answer = await SendAsync(new RawRequest { Method = method, Target = $"/stores/{Store}/{path}" }.Without("Authorization"), 405);
            Assert.That(answer["Allow"], Is.EqualTo("POST"));
        }
    }

    [Test]
    public async Task What_the_service_maps_beside_the_api_keeps_its_path()
    {
        var answer = await Api.SendAsync(new RawRequest { Method = "GET", Target = "/healthz/live", Headers = ["Host: api"] });
        Assert.That((answer.Status, answer.Text), Is.EqualTo((200, "alive")));
    }

    /// <summary>What is not HTTP the server answers itself, with its own statuses and no body (contract section 2).</summary>
    [TestCase("POST /stores/a/events HTTP/1.1\r\n\r\n", 400, Description = "no Host")]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/1.1\r\nHost: a\r\nX: \u00e4\r\n\r\n", 400, Description = "no UTF-8")]
    [TestCase("POST /stores/a/events\r\n\r\n", 400)]
    [TestCase("\0\u0001\u0002\r\n\r\n", 400)]
    [TestCase("POST /stores/a/events HTTP/3.7\r\nHost: a\r\n\r\n", 505)]
    [TestCase("POST /stores/\0/events HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    public async Task What_is_not_HTTP_is_refused_by_the_server(string text, int status)
    {
        await using var connection = await Api.ConnectAsync();
        await connection.SendAsync(Encoding.Latin1.GetBytes(text));
        var answer = await connection.ReceiveAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(status));
            Assert.That(answer.Body, Is.Empty);
            Assert.That(await connection.IsClosedAsync(), Is.True);
        }
    }

    [Test]
    public async Task A_request_line_and_headers_have_bounds()
    {
        var longLine = await Api.SendAsync(RawRequest.Single().To("/" + new string('a', 5000)));
        var bigHeader = await Api.SendAsync(RawRequest.Single().With("X-Big: " + new string('a', 20_000)));
        var manyHeaders = await Api.SendAsync(RawRequest.Single().With([.. Enumerable.Range(0, 80).Select(i => $"X-{i}: 1")]));
        Assert.That((longLine.Status, bigHeader.Status, manyHeaders.Status), Is.EqualTo((414, 431, 431)));
    }
}
