using System.Text;
using CustomEvents.Events;
using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Requests;

public sealed class BulkTests : ApiFixture
{
    [TestCase("", "invalid_json ")]
    [TestCase("{", "invalid_json ")]
    [TestCase("{\"events\":[{]}", "invalid_json ")]
    [TestCase("{\"events\":[{}]}x", "invalid_json ")]
    [TestCase("[]", "invalid_type ")]
    [TestCase("null", "invalid_type ")]
    [TestCase("{}", "required /events")]
    [TestCase("{\"events\":null}", "required /events")]
    [TestCase("{\"events\":{}}", "invalid_type /events")]
    [TestCase("{\"events\":\"x\"}", "invalid_type /events")]
    [TestCase("{\"events\":[]}", "no_events /events")]
    [TestCase("{\"events\":[" + Samples.Event + "],\"more\":1}", "unknown_member /more")]
    [TestCase("{\"Events\":[" + Samples.Event + "]}", "unknown_member /Events,required /events")]
    [TestCase("{\"events\":[" + Samples.Event + "],\"events\":[]}", "duplicate_member /events,no_events /events")]
    [TestCase("{\"events\":[null,1,\"x\",[]]}", "invalid_type /events/0,invalid_type /events/1,invalid_type /events/2,invalid_type /events/3")]
    [TestCase("{\"events\":[" + Samples.Invalid + "]}", "identity_missing /events/0/customer")]
    [TestCase("{\"events\":[{\"eventName\":\"a\",\"customer\":{\"email\":\"x\"}},{}]}",
        "invalid_format /events/0/customer/email,required /events/1/eventName,required /events/1/customer")]
    public async Task A_wrong_envelope_or_no_valid_event_is_refused_and_nothing_recorded(string body, string errors)
    {
        var answer = await SendAsync(RawRequest.Bulk(body), 400);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Errors, Is.EquivalentTo(errors.Split(',')), answer.ToString());
            Assert.That(answer["Events-Rejected"], Is.Null);
        }
    }

    [Test]
    public async Task A_request_has_at_most_100_events_and_an_answer_at_most_100_errors()
    {
        await SendAsync(RawRequest.BulkOf([.. Enumerable.Repeat(Samples.Event, 100)]), 202);
        Assert.That(Api.Log.Appends[^1], Has.Count.EqualTo(100));
        Assert.That((await SendAsync(RawRequest.BulkOf([.. Enumerable.Repeat(Samples.Event, 101)]), 400)).Errors, Is.EqualTo(["too_many_events /events"]));
        Assert.That((await SendAsync(RawRequest.BulkOf([.. Enumerable.Repeat("{}", 100)]), 400)).Errors, Has.Length.EqualTo(100));
    }

    [Test]
    public async Task Valid_events_are_accepted_and_invalid_ones_recorded_in_one_append()
    {
        const string Duplicate = """{"eventName":"a","eventName":"b","customer":{"email":"a@b.c"}}""";
        const string Second = """ {"eventName":"B","customer":{"phoneNumber":"+4915112345678"}} """;
        var answer = await SendAsync(RawRequest.BulkOf(Samples.Event, Samples.Invalid, Second, Duplicate), 202);
        var records = Api.Log.Appends[^1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer["Events-Rejected"], Is.EqualTo("2"));
            Assert.That(answer.Body, Is.Empty);
            Assert.That(records.Select(r => r.Topic), Is.EqualTo(["events.raw", "events.rejected", "events.raw", "events.rejected"]));
            Assert.That(records.Select(r => r.Text), Is.EqualTo([Samples.Event, Samples.Invalid, Second.Trim(), Duplicate]));
            Assert.That(records.Select(r => r.Key), Is.All.EqualTo(RunningApi.StoreId));
            Assert.That(records.Select(r => r.Headers["event-id"]), Is.Unique);
            Assert.That(records.Select(r => r.Headers["received-at"]), Is.All.EqualTo("2026-04-02T12:00:00.0000000Z"));
            Assert.That(records.Select(r => r.Headers["producer"]), Is.All.EqualTo("http"));
            Assert.That(records[1].Headers["rejection-stage"], Is.EqualTo("ingest-api"));
            Assert.That(records[1].Headers["rejection-code"], Is.EqualTo("identity_missing"));
            Assert.That(records[1].Headers["rejection-pointer"], Is.EqualTo("/customer"));
            Assert.That(records[3].Headers["rejection-code"], Is.EqualTo("duplicate_member"));
            Assert.That(records[1].Headers.Keys.Where(k => k.StartsWith("original-", StringComparison.Ordinal)), Is.Empty);
        }
    }

    [Test]
    public async Task Without_an_invalid_event_nothing_is_said_of_rejections()
    {
        var answer = await SendAsync(RawRequest.BulkOf(Samples.Event, Samples.Event), 202);
        Assert.That(answer["Events-Rejected"], Is.Null);
    }

    [Test]
    public async Task A_preferred_representation_tells_what_became_of_each_event()
    {
        var answer = await SendAsync(RawRequest.BulkOf(Samples.Event, Samples.Invalid).With("Prefer: return=representation"), 202);
        var records = Api.Log.Appends[^1];
        var results = answer.Json.GetProperty("results");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer["Preference-Applied"], Is.EqualTo("return=representation"));
            Assert.That(answer["Events-Rejected"], Is.EqualTo("1"));
            Assert.That(answer.Json.GetProperty("accepted").GetInt32(), Is.EqualTo(1));
            Assert.That(answer.Json.GetProperty("rejected").GetInt32(), Is.EqualTo(1));
            Assert.That(results[0].GetRawText(), Is.EqualTo($$"""{"index":0,"status":"accepted","eventId":"{{records[0].Headers["event-id"]}}"}"""));
            Assert.That(results[1].GetProperty("index").GetInt32(), Is.EqualTo(1));
            Assert.That(results[1].GetProperty("status").GetString(), Is.EqualTo("rejected"));
            Assert.That(results[1].GetProperty("eventId").GetString(), Is.EqualTo(records[1].Headers["event-id"]));
            Assert.That(results[1].GetProperty("errors")[0].GetProperty("pointer").GetString(), Is.EqualTo("/events/1/customer"));
            Assert.That(results[1].GetProperty("errors")[0].GetProperty("code").GetString(), Is.EqualTo("identity_missing"));
        }
    }

    [Test]
    public async Task With_an_idempotency_key_equal_events_are_told_apart_by_their_order()
    {
        var request = RawRequest.BulkOf(Samples.Event, Samples.Invalid, Samples.Event, Samples.Event).With("Idempotency-Key: k");
        await SendAsync(request, 202);
        var first = Api.Log.Appends[^1].Select(r => r.Headers["event-id"]).ToArray();
        await SendAsync(request, 202);
        var bytes = Encoding.UTF8.GetBytes(Samples.Event);
        string IdOf(int occurrence) => EventIds.FromIdempotencyKey(RunningApi.StoreId, "events/bulk", "k", bytes, occurrence).ToString();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Api.Log.Appends[^1].Select(r => r.Headers["event-id"]), Is.EqualTo(first));
            Assert.That((string[])[first[0], first[2], first[3]], Is.EqualTo([IdOf(0), IdOf(1), IdOf(2)]));
        }
    }

    [Test]
    public async Task An_event_over_5_MB_is_that_events_rejection()
    {
        var large = new MemoryStream();
        large.Write("{\"events\":["u8);
        large.Write(Encoding.UTF8.GetBytes(Samples.Event));
        large.Write(",{\"x\":\""u8);
        // The blanks stand inside the object, where they belong to the event.
        large.Write("\","u8);
        large.Write(Samples.EventOf(5 * 1024 * 1024).AsSpan(Samples.Event.Length));
        large.Write(Encoding.UTF8.GetBytes(Samples.Event[1..]));
        large.Write("]}"u8);
        var answer = await SendAsync(RawRequest.BulkOf().WithBody(large.ToArray()).With("Prefer: return=representation"), 202);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer["Events-Rejected"], Is.EqualTo("1"));
            Assert.That(answer.Json.GetProperty("results")[1].GetProperty("errors")[0].GetProperty("code").GetString(), Is.EqualTo("too_large"));
            Assert.That(Api.Log.Appends[^1][1].Headers["payload-truncated"], Is.EqualTo("true"));
            Assert.That(Api.Log.Appends[^1][1].Value, Has.Length.EqualTo(64 * 1024));
        }
    }
}
