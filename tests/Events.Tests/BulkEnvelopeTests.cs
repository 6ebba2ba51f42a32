using System.Text;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public class BulkEnvelopeTests
{
    [Test]
    public void Each_event_keeps_its_own_bytes()
    {
        Assert.That(Read("\uFEFF { \"events\" : [ {\"a\" : 1} ,5,\"x\\n\", [ ] ,null,{}] } ", out var events, out _), Is.True);
        Assert.That(events, Is.EqualTo(new[] { "{\"a\" : 1}", "5", "\"x\\n\"", "[ ]", "null", "{}" }));
    }

    [Test]
    public void What_is_wrong_inside_an_event_is_its_own_matter()
    {
        var deep = new string('[', 1_000) + new string(']', 1_000);
        Assert.That(Read("{\"events\":[{\"a\":1,\"a\":2},\"\\ud800\"," + deep + "]}", out var events, out _), Is.True);
        Assert.That(events[2], Is.EqualTo(deep));
    }

    [TestCase("", "invalid_json ")]
    [TestCase("{\"events\":[{}]", "invalid_json ")]
    [TestCase("{\"events\":[{}]} x", "invalid_json ")]
    [TestCase("{\"events\":[{},]}", "invalid_json ")]
    [TestCase("[]", "invalid_type ")]
    [TestCase("null", "invalid_type ")]
    [TestCase("[{},", "invalid_json ")]
    [TestCase("{}", "required /events")]
    [TestCase("{\"events\":null}", "required /events")]
    [TestCase("{\"events\":{}}", "invalid_type /events")]
    [TestCase("{\"events\":[]}", "no_events /events")]
    [TestCase("{\"events\":[{}],\"a/b\":[1]}", "unknown_member /a~1b")]
    [TestCase("{\"Events\":[{}]}", "unknown_member /Events", "required /events")]
    [TestCase("{\"events\":[{}],\"\\u0065vents\":[{}]}", "duplicate_member /events")]
    public void An_envelope_that_is_wrong(string body, params string[] expected)
    {
        Assert.That(Read(body, out _, out var errors), Is.False);
        Assert.That(errors.Select(Samples.Text), Is.EqualTo(expected));
    }

    [TestCase(100, true)]
    [TestCase(101, false)]
    public void There_are_at_most_100_events(int count, bool isRight)
    {
        Assert.That(Read("{\"events\":[" + string.Join(',', Enumerable.Repeat("{}", count)) + "]}", out var events, out var errors), Is.EqualTo(isRight));
        if (isRight)
            Assert.That(events, Has.Count.EqualTo(count));
        else
            Assert.That(errors.Select(Samples.Text), Is.EqualTo(new[] { "too_many_events /events" }));
    }

    [Test]
    public void A_body_that_is_no_UTF8_is_refused_whole()
    {
        var errors = new List<EventError>();
        byte[] body = [.. "{\"events\":[\""u8, 0xC0, 0x80, .. "\"]}"u8];
        Assert.That(BulkEnvelope.TryRead(body, [], errors), Is.False);
        Assert.That(errors.Select(Samples.Text), Is.EqualTo(new[] { "invalid_encoding " }));
    }

    private static bool Read(string body, out List<string> events, out List<EventError> errors)
    {
        var slices = new List<ReadOnlyMemory<byte>>();
        errors = [];
        var isRight = BulkEnvelope.TryRead(Encoding.UTF8.GetBytes(body), slices, errors);
        events = [.. slices.Select(slice => Encoding.UTF8.GetString(slice.Span))];
        return isRight;
    }
}
