using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Pipeline.Log;

public class RecordHeadersTests
{
    [Test]
    public void Headers_come_out_as_they_were_packed()
    {
        RecordHeader[] headers =
        [
            new("", Bytes.Of("no name")), new("none", null), new("empty", []), new("twice", Bytes.Of("1")), new(new string('n', 65_534), Bytes.Of("a")),
            new(new string('n', 65_535), Bytes.Of("b")), new(new string('é', 40_000), Bytes.Of("c")), new("twice", new byte[100_000]), new(HeaderNames.EventId, Bytes.Of("id")),
        ];
        Assert.That(RecordHeaders.Pack(headers).Select(Told), Is.EqualTo(headers.Select(Told)));
    }

    [Test]
    public void The_last_of_a_name_counts()
    {
        RecordHeaders headers = [new("a", Bytes.Of("1")), new("b", Bytes.Of("2")), new("a", Bytes.Of("3")), new("b", null), new("ab", Bytes.Of("4"))];
        Assert.That((Bytes.Text(headers.Last("a")), Bytes.Text(headers.Last("b")), Bytes.Text(headers.Last("c"))), Is.EqualTo(("3", (string?)null, (string?)null)));
    }

    [Test]
    public void None_are_none() => Assert.That(default(RecordHeaders), Is.Empty.And.EqualTo(RecordHeaders.Pack([])));

    private static (string, string?) Told(RecordHeader header) => (header.Key, header.Value is null ? null : Convert.ToHexString(header.Value));
}
