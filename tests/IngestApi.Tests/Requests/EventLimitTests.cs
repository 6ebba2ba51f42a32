using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Requests;

/// <summary>The limits of an event itself, contract section 7: what is at one is accepted, what is one over is refused, alone and in bulk.</summary>
public sealed class EventLimitTests : ApiFixture
{
    private static IEnumerable<TestCaseData<string, string, string>> Limits()
    {
        yield return new(Extra(Text(102_400)), Extra(Text(102_401)), "string_too_long /data/$extra/x") { TestName = "a string of 100 KB" };
        yield return new(
            With($"\"data\":{{{Members(400)},\"$extra\":{{}}}}"), With($"\"data\":{{{Members(401)}}}"), "too_many_properties /data")
        { TestName = "400 properties" };
        // The event is 1, data 2, $extra 3.
        yield return new(Extra(Nested(61)), Extra(Nested(62)), "too_deep /data/$extra/x" + string.Concat(Enumerable.Repeat("/0", 61))) { TestName = "a depth of 64" };
        // eventName, customer, email, data, $extra, x: six beside the elements.
        yield return new(Extra(Elements(199_994)), Extra(Elements(199_995)), "too_many_properties ") { TestName = "200,000 values" };
    }

    [TestCaseSource(nameof(Limits))]
    public async Task A_single_event_keeps_a_limit(string atTheLimit, string over, string error)
    {
        await SendAsync(RawRequest.Single(atTheLimit), 202);
        var answer = await SendAsync(RawRequest.Single(over), 400);
        Assert.That(answer.Errors, Is.EqualTo([error]));
    }

    [TestCaseSource(nameof(Limits))]
    public async Task An_event_in_bulk_keeps_it_by_itself(string atTheLimit, string over, string error)
    {
        var answer = await SendAsync(RawRequest.BulkOf(over, atTheLimit).With("Prefer: return=representation"), 202);
        var results = answer.Json.GetProperty("results");
        var only = results[0].GetProperty("errors").EnumerateArray().Single();
        Assert.That($"{only.GetProperty("code").GetString()} {only.GetProperty("pointer").GetString()}", Is.EqualTo(error.Replace(" ", " /events/0", StringComparison.Ordinal)));
        Assert.That(results[1].GetProperty("status").GetString(), Is.EqualTo("accepted"));
    }

    /// <summary>JSON by itself, so that it fails by itself; beside it what is no JSON fails whole.</summary>
    [TestCase("""{"eventName":"a","eventName":"a","customer":{"email":"a@b.c"}}""", "duplicate_member")]
    [TestCase("""{"eventName":"\udc00","customer":{"email":"a@b.c"}}""", "invalid_encoding")]
    [TestCase("""{"eventName":"a","customer":{"email":"a@b.c"},"data":{"a\u0000b":1}}""", "invalid_format")]
    public async Task An_event_that_is_JSON_fails_by_itself_in_bulk(string json, string code)
    {
        var answer = await SendAsync(RawRequest.BulkOf(json, Samples.Event), 202);
        Assert.That(answer["Events-Rejected"], Is.EqualTo("1"));
        Assert.That(Api.Log.Appends[^1][0].Headers["rejection-code"], Is.EqualTo(code));
    }

    [Test]
    public async Task A_bulk_body_that_is_no_UTF_8_is_refused_whole()
    {
        var body = RawRequest.BulkOf(Samples.Event, Samples.Event.Replace("Viewed", "\u0001\u0001\u0001", StringComparison.Ordinal)).Body;
        for (var i = 0; i < body.Length; i++)
            body[i] = body[i] == 1 ? (byte)0xFF : body[i];
        Assert.That((await SendAsync(RawRequest.BulkOf().WithBody(body), 400)).Errors, Is.EqualTo(["invalid_encoding "]));
    }

    private static string With(string members) => $$"""{"eventName":"e","customer":{"email":"a@b.c"},{{members}}}""";

    private static string Extra(string value) => With("\"data\":{\"$extra\":{\"x\":" + value + "}}");

    private static string Text(int length) => $"\"{new string('x', length)}\"";

    private static string Members(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"k{i}\":1"));

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Elements(int count) => $"[{string.Join(',', Enumerable.Repeat("1", count))}]";
}
