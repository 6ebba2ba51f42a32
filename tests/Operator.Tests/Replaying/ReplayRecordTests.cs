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
}
