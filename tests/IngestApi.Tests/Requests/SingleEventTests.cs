using System.Text;
using CustomEvents.Events;
using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Requests;

public sealed class SingleEventTests : ApiFixture
{
    [TestCase("", "invalid_json ")]
    [TestCase("   ", "invalid_json ")]
    [TestCase("{", "invalid_json ")]
    [TestCase("{}x", "invalid_json ")]
    [TestCase("{} {}", "invalid_json ")]
    [TestCase("{,}", "invalid_json ")]
    [TestCase("{\"a\":1,}", "invalid_json ")]
    [TestCase("{'a':1}", "invalid_json ")]
    [TestCase("// c\n{}", "invalid_json ")]
    [TestCase("nul", "invalid_json ")]
    [TestCase("NaN", "invalid_json ")]
    [TestCase("null", "invalid_type ")]
    [TestCase("[]", "invalid_type ")]
    [TestCase("\"text\"", "invalid_type ")]
    [TestCase("1", "invalid_type ")]
    [TestCase("{}", "required /eventName,required /customer")]
    [TestCase("""{"eventName":"a","eventName":"a","customer":{"email":"a@b.c"}}""", "duplicate_member /eventName")]
    [TestCase("""{"eventName":"\ud800","customer":{"email":"a@b.c"}}""", "invalid_encoding /eventName")]
    [TestCase("""{"eventName":1,"customer":{"email":"a@b.c"}}""", "invalid_type /eventName")]
    [TestCase("""{"eventName":" ","customer":{"email":"a@b.c"}}""", "invalid_length /eventName")]
    [TestCase("""{"eventName":"a","customer":{"mail":"a@b.c"}}""", "unknown_member /customer/mail,identity_missing /customer")]
    [TestCase("""{"eventName":"a","customer":{"email":"nope"}}""", "invalid_format /customer/email")]
    [TestCase("""{"eventName":"a","customer":{"email":"a@b.c"},"valueCurrency":"ZZZ"}""", "unknown_currency /valueCurrency")]
    [TestCase("""{"eventName":"","customer":{"id":"x"},"value":"1"}""", "invalid_length /eventName,invalid_format /customer/id,invalid_type /value")]
    public async Task An_invalid_event_is_answered_with_all_its_errors(string body, string errors)
    {
        var answer = await SendAsync(RawRequest.Single(body), 400);
        Assert.That(answer.Errors, Is.EquivalentTo(errors.Split(',')), answer.ToString());
    }

    [Test]
    public async Task A_body_that_is_not_UTF_8_is_refused()
    {
        var answer = await SendAsync(RawRequest.Single().WithBody([.. "{\"eventName\":\""u8, 0xC3, 0x28, .. "\",\"customer\":{\"email\":\"a@b.c\"}}"u8]), 400);
        Assert.That(answer.Errors, Is.EqualTo(["invalid_encoding "]));
    }

    [TestCase(Samples.Event)]
    [TestCase("\uFEFF" + Samples.Event)]
    [TestCase("  " + Samples.Event + "\r\n\t ")]
    public async Task An_event_lies_in_the_log_byte_for_byte_as_it_was_sent(string body)
    {
        await SendAsync(RawRequest.Single(body), 202);
        var record = Api.Log.Records[^1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(record.Value, Is.EqualTo(Encoding.UTF8.GetBytes(body)));
            Assert.That(record.Topic, Is.EqualTo("events.raw"));
            Assert.That(record.Key, Is.EqualTo(RunningApi.StoreId));
            Assert.That(record.Headers["producer"], Is.EqualTo("http"));
            Assert.That(record.Headers["received-at"], Is.EqualTo("2026-04-02T12:00:00.0000000Z"));
            Assert.That(Guid.Parse(record.Headers["event-id"]).Version, Is.EqualTo(7));
        }
    }

    [Test]
    public async Task The_callers_trace_goes_on_in_the_log()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await SendAsync(RawRequest.Single().With($"traceparent: 00-{Trace}-b7ad6b7169203331-01"), 202);
        Assert.That(Api.Log.Records[^1].Headers["traceparent"], Does.Match($"^00-{Trace}-[0-9a-f]{{16}}-01$"));
    }

    [Test]
    public async Task The_same_request_with_an_idempotency_key_has_the_same_event_id()
    {
        async Task<string> IdOf(RawRequest request)
        {
            await SendAsync(request, 202);
            return Api.Log.Records[^1].Headers["event-id"];
        }

        var request = RawRequest.Single().With("Idempotency-Key: k1");
        var first = await IdOf(request);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Is.EqualTo(EventIds.FromIdempotencyKey(RunningApi.StoreId, "events", "k1", Encoding.UTF8.GetBytes(Samples.Event), 0).ToString()));
            Assert.That(await IdOf(request), Is.EqualTo(first));
            Assert.That(await IdOf(request.To("/v2.2" + request.Target)), Is.EqualTo(first), "the prefix makes no difference");
            Assert.That(await IdOf(RawRequest.Single("\uFEFF" + Samples.Event).With("Idempotency-Key: k1")), Is.EqualTo(first), "nor does a byte order mark");
            Assert.That(await IdOf(RawRequest.Single(Samples.Event + " ").With("Idempotency-Key: k1")), Is.Not.EqualTo(first), "other bytes");
            Assert.That(await IdOf(RawRequest.Single().With("Idempotency-Key: k2")), Is.Not.EqualTo(first), "another key");
            Assert.That(await IdOf(RawRequest.BulkOf(Samples.Event).With("Idempotency-Key: k1")), Is.Not.EqualTo(first), "another endpoint");
            Assert.That(await IdOf(request.To($"/stores/{RunningApi.OtherStoreId}/events").WithKey(RunningApi.OtherStoresKey)), Is.Not.EqualTo(first), "another store");
        }
    }

    [Test]
    public async Task Requests_without_a_key_of_their_own_are_different_events()
    {
        await SendAsync(RawRequest.Single(), 202);
        await SendAsync(RawRequest.Single(), 202);
        Assert.That(Api.Log.Records[^1].Headers["event-id"], Is.Not.EqualTo(Api.Log.Records[^2].Headers["event-id"]));
    }
}
