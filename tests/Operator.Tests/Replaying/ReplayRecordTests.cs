using System.Text;
using CustomEvents.Events;
using CustomEvents.Operator.Replaying;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Operator.Replaying;

public class ReplayRecordTests
{
    [TestCase("events.raw", null)]
    [TestCase("events.normalized", "its payload is no event but a record of events.normalized")]
    public void Only_the_producers_own_bytes_can_be_replayed(string source, string? expected)
    {
        var rejection = new Rejection(
            "r", "shop", "persister", ErrorCode.EventIdConflict, "taken", null, DateTime.UnixEpoch, Guid.NewGuid(), source, 0, 7, [], "{}"u8.ToArray());
        Assert.That(ReplayRecord.Obstacle(rejection, new TopicNames()), expected is null ? Is.Null : Does.StartWith(expected));
    }

    [TestCase("1767225600000", "2026-01-01T00:00:00")]
    [TestCase("253402300799999", "2026-02-03T00:00:00")]
    [TestCase("-62135596800000", "2026-02-03T00:00:00")]
    [TestCase(null, "2026-02-03T00:00:00")]
    public void Time_of_receipt_is_the_records_where_that_says_when_else_that_of_the_refusal(string? timestamp, string expected)
    {
        RecordHeader[] headers = timestamp is null ? [] : [new("original-timestamp", Encoding.ASCII.GetBytes(timestamp))];
        var rejection = new Rejection(
            "r", "shop", "normalizer", ErrorCode.InvalidFormat, "", null, new DateTime(2026, 2, 3, 0, 0, 0, DateTimeKind.Utc), Guid.NewGuid(), "events.raw", 0, 7, headers, "{}"u8.ToArray());

        var record = ReplayRecord.Create("events.raw", rejection);

        Assert.That(Encoding.ASCII.GetString(record.Headers.Last(header => header.Key == "received-at").Value!), Does.StartWith(expected));
    }
}
