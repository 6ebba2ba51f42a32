using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Requests;

public sealed class HeaderTests : ApiFixture
{
    [TestCase("application/json")]
    [TestCase("Application/JSON")]
    [TestCase("application/json; charset=utf-8")]
    [TestCase("application/json;charset=utf-8")]
    [TestCase("application/json ;\tcharset=utf-8 ")]
    [TestCase("application/json; CHARSET=UTF-8")]
    [TestCase("application/json; charset=\"utf-8\"")]
    [TestCase("application/json; charset=\"UTF-8\"")]
    [TestCase("application/json;", Description = "an empty parameter, RFC 9110, 5.6.6")]
    [TestCase("application/json;;charset=utf-8;")]
    public async Task Json_is_taken(string mediaType) =>
        await SendAsync(RawRequest.Single().Instead("Content-Type: " + mediaType), 202);

    [TestCase("text/json")]
    [TestCase("text/plain")]
    [TestCase("application/*")]
    [TestCase("*/*")]
    [TestCase("")]
    [TestCase("application")]
    [TestCase("application/jsonp")]
    [TestCase("application/json5")]
    [TestCase("application/vnd.api+json")]
    [TestCase("application/problem+json")]
    [TestCase("application/x-ndjson")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/json, application/json")]
    [TestCase("application/json; charset=utf-16")]
    [TestCase("application/json; charset=iso-8859-1")]
    [TestCase("application/json; charset=utf8")]
    [TestCase("application/json; charset=")]
    [TestCase("application/json; charset = utf-8")]
    [TestCase("application/json; charset='utf-8'")]
    [TestCase("application/json; charset=\"utf-8")]
    [TestCase("application/json; charset=utf-8; charset=utf-8")]
    [TestCase("application/json; charset=utf-8; boundary=x")]
    [TestCase("application/json; version=1")]
    [TestCase("application/json charset=utf-8")]
    [TestCase("application /json")]
    public async Task Another_media_type_is_refused(string mediaType) =>
        await SendAsync(RawRequest.Single().Instead("Content-Type: " + mediaType), 415);

    [Test]
    public async Task No_media_type_or_two_are_refused()
    {
        await SendAsync(RawRequest.Single().Without("Content-Type"), 415);
        await SendAsync(RawRequest.Single().With("Content-Type: application/json"), 415);
    }

    [TestCase("x")]
    [TestCase("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")]
    [TestCase("01234567-89ab-cdef-0123-456789abcdef")]
    public async Task The_callers_request_id_comes_back(string id)
    {
        var answer = await SendAsync(RawRequest.Single().With("X-Request-Id: " + id), 202);
        Assert.That(answer["X-Request-Id"], Is.EqualTo(id));
        var refused = await SendAsync(RawRequest.Single().Without("Authorization").With("X-Request-Id: " + id), 401);
        Assert.That(refused["X-Request-Id"], Is.EqualTo(id));
    }

    [Test]
    public async Task A_request_id_has_at_most_128_characters()
    {
        var longest = new string('a', 128);
        Assert.That((await SendAsync(RawRequest.Single().With("X-Request-Id: " + longest), 202))["X-Request-Id"], Is.EqualTo(longest));
        Assert.That((await SendAsync(RawRequest.Single().With("X-Request-Id: a" + longest), 202))["X-Request-Id"], Does.Not.StartWith("aa"));
    }

    [TestCase("X-Request-Id:")]
    [TestCase("X-Request-Id: a b")]
    [TestCase("X-Request-Id: a\tb")]
    [TestCase("X-Request-Id: \u00e4")]
    public async Task A_request_id_of_another_form_gives_way_to_one_of_ours(string header)
    {
        var first = await SendAsync(RawRequest.Single().With(header), 202);
        var second = await SendAsync(RawRequest.Single().With(header), 202);
        Assert.That(first["X-Request-Id"], Is.Not.EqualTo(second["X-Request-Id"]));
    }

    [Test]
    public async Task Two_request_ids_give_way_to_one_of_ours()
    {
        var answer = await SendAsync(RawRequest.Single().With("X-Request-Id: a", "X-Request-Id: b"), 202);
        Assert.That(answer["X-Request-Id"], Is.Not.AnyOf("a", "b", "a, b", "a,b"));
    }

    [TestCase("a")]
    [TestCase("!~")]
    [TestCase("order-4711,retry")]
    public async Task An_idempotency_key_is_taken(string key) =>
        await SendAsync(RawRequest.Single().With("Idempotency-Key: " + key), 202);

    [TestCase("Idempotency-Key:")]
    [TestCase("Idempotency-Key:   ")]
    [TestCase("Idempotency-Key: a b")]
    [TestCase("Idempotency-Key: \u00fc")]
    public async Task An_idempotency_key_of_another_form_is_refused(string header)
    {
        var answer = await SendAsync(RawRequest.Single().With(header), 400);
        Assert.That(answer.Errors, Is.EqualTo(["invalid_format "]));
    }

    [Test]
    public async Task An_idempotency_key_has_at_most_255_characters_and_comes_once()
    {
        await SendAsync(RawRequest.Single().With("Idempotency-Key: " + new string('k', 255)), 202);
        Assert.That((await SendAsync(RawRequest.Single().With("Idempotency-Key: " + new string('k', 256)), 400)).Errors, Is.EqualTo(["invalid_format "]));
        Assert.That((await SendAsync(RawRequest.BulkOf(Samples.Event).With("Idempotency-Key: a", "Idempotency-Key: a"), 400)).Errors, Is.EqualTo(["invalid_format "]));
    }

    [TestCase("Prefer: return=representation")]
    [TestCase("Prefer: Return=Representation")]
    [TestCase("Prefer: return = representation")]
    [TestCase("Prefer: return=\"representation\"")]
    [TestCase("Prefer: return=representation; foo=bar")]
    [TestCase("Prefer: respond-async, return=representation, wait=10")]
    [TestCase("Prefer: x=\"a,return=minimal\", return=representation")]
    [TestCase("Prefer: return=representation, return=minimal", Description = "the first counts, RFC 7240, 2")]
    [TestCase("Prefer: ,, return=representation")]
    public async Task A_preferred_representation_is_given(string header)
    {
        var answer = await SendAsync(RawRequest.Single().With(header), 202);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer["Preference-Applied"], Is.EqualTo("return=representation"));
            Assert.That(answer["Content-Type"], Is.EqualTo("application/json"));
            Assert.That(answer.Json.GetProperty("eventId").GetString(), Is.EqualTo(Api.Log.Records[^1].Headers["event-id"]));
        }
    }

    [TestCase("Prefer: return=minimal")]
    [TestCase("Prefer: return=minimal, return=representation")]
    [TestCase("Prefer: return")]
    [TestCase("Prefer: representation")]
    [TestCase("Prefer: return=representations")]
    [TestCase("Prefer: x=\"return=representation\"")]
    [TestCase("Prefer: x; return=representation")]
    [TestCase("Prefer:")]
    [TestCase("Prefer: \"")]
    public async Task Without_the_preference_a_202_has_no_body(string header)
    {
        var answer = await SendAsync(RawRequest.Single().With(header), 202);
        Assert.That((answer["Preference-Applied"], answer.Body.Length, answer["Content-Length"]), Is.EqualTo(((string?)null, 0, "0")));
    }

    [Test]
    public async Task A_preference_may_stand_in_a_second_header()
    {
        var answer = await SendAsync(RawRequest.Single().With("Prefer: wait=1", "Prefer: return=representation"), 202);
        Assert.That(answer["Preference-Applied"], Is.EqualTo("return=representation"));
    }
}
