using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;

namespace CustomEvents.Tests.Pipeline.Stages;

public class RejectionRecordsTests
{
    private static readonly EventError Error = new("/customer", ErrorCode.IdentityMissing, "Nobody is named.");
    private readonly StageBench _bench = new();

    [Test]
    public void Rejection_reads_back_as_it_was_made()
    {
        var raw = _bench.Raw("{}", StageBench.Shop, 3, ("mine", "1"));
        var id = Guid.NewGuid();
        var rejection = RejectionRecords.Read(Written(RejectionRecords.Create("events.rejected", "normalizer", raw, id, Error)), _bench.Topics);
        Assert.That(
            (rejection.StoreId, rejection.Stage, rejection.Code, rejection.Detail, rejection.Pointer, rejection.EventId),
            Is.EqualTo((StageBench.Shop, "normalizer", ErrorCode.IdentityMissing, "Nobody is named.", "/customer", id)));
        Assert.That((rejection.SourceTopic, rejection.SourcePartition, rejection.SourceOffset), Is.EqualTo(("events.raw", 3, raw.Position.Offset)));
        Assert.That(rejection.Payload.ToArray(), Is.EqualTo("{}"u8.ToArray()));
        Assert.That(rejection.Headers.Select(header => header.Key), Does.Contain("mine"));
    }

    [Test]
    public void Same_rejection_has_the_same_id_and_another_payload_another()
    {
        var id = Guid.NewGuid();
        string IdOf(string json, string stage) => RejectionRecords.Read(
            Written(RejectionRecords.Create("events.rejected", stage, _bench.Raw(json), id, Error)), _bench.Topics).Id;
        var one = IdOf("{}", "normalizer");
        Assert.That(IdOf("{}", "normalizer"), Is.EqualTo(one));
        Assert.That(IdOf("{ }", "normalizer"), Is.Not.EqualTo(one));
        Assert.That(IdOf("{}", "persister"), Is.Not.EqualTo(one));
    }

    [Test]
    public void Rejection_of_the_api_has_no_original_place()
    {
        var made = RejectionRecords.CreateForApi("events.rejected", "s", "{"u8.ToArray(), Guid.NewGuid(), Error, []);
        Assert.That(made.Headers.Select(header => header.Key), Has.None.StartsWith("original-"));
        var rejection = RejectionRecords.Read(Written(made), _bench.Topics);
        Assert.That((rejection.SourceTopic, rejection.SourcePartition, rejection.SourceOffset), Is.EqualTo(("events.raw", (int?)null, (long?)null)));
    }

    [Test]
    public void Payload_over_5_MB_is_cut_and_says_so()
    {
        var raw = _bench.Raw(new string(' ', Limits.MaxEventBytes + 1));
        var made = RejectionRecords.Create("events.rejected", "normalizer", raw, Guid.NewGuid(), Error);
        Assert.That(made.Value!.Value.Length, Is.EqualTo(64 * 1024));
        Assert.That(Text(made, "payload-bytes"), Is.EqualTo("5242881"));
        Assert.That(Text(made, "payload-truncated"), Is.EqualTo("true"));
    }

    [Test]
    public void The_largest_event_that_is_valid_is_whole_in_its_frame_too()
    {
        var framed = RejectionRecords.Create(
            "events.rejected", "normalizer", _bench.Raw("\0\0\0\0\u0001" + new string(' ', Limits.MaxEventBytes)), Guid.NewGuid(), Error);
        Assert.That(framed.Value!.Value.Length, Is.EqualTo(Limits.MaxEventBytes + 5));
        Assert.That(framed.Headers.Select(header => header.Key), Does.Not.Contain("payload-truncated"));
    }

    [Test]
    public void Tombstone_and_missing_key_are_listed_too()
    {
        var rejection = RejectionRecords.Read(
            Written(RejectionRecords.Create("events.rejected", "normalizer", _bench.Raw(null, null), Guid.NewGuid(), Error)), _bench.Topics);
        Assert.That(rejection.StoreId, Is.Null);
        Assert.That(rejection.Payload.Length, Is.Zero);
    }

    [Test]
    public void Somebody_elses_record_is_read_without_an_error()
    {
        var record = new LogRecord
        {
            Topic = "events.rejected",
            Position = new Position(Guid.NewGuid(), 0, 5),
            Timestamp = StageBench.Epoch,
            Key = new byte[] { 0xFF },
            Value = new byte[] { 1, 2 },
            Headers = [new RecordHeader("rejection-code", "news"u8.ToArray()), new RecordHeader("event-id", null), new RecordHeader("original-offset", "x"u8.ToArray())],
        };
        var rejection = RejectionRecords.Read(record, _bench.Topics);
        Assert.That((rejection.StoreId, rejection.Code, rejection.SourceOffset), Is.EqualTo(((string?)null, ErrorCode.Unprocessable, (long?)null)));
    }

    [Test]
    public void Rejection_of_a_record_of_the_largest_size_fits_its_topic()
    {
        var raw = _bench.Raw(
            new string(' ', Limits.MaxEventBytes), StageBench.Shop, 0,
            ("ballast", new string('x', (8 * 1024 * 1024) - Limits.MaxEventBytes - 1_000)), ("received-at", "2026-04-02T12:00:00Z"));
        var made = RejectionRecords.Create("events.rejected", "normalizer", raw, Guid.NewGuid(), Error with { Detail = new string('y', 100_000) });
        Assert.That(made.Headers.Sum(header => header.Size) + made.Value!.Value.Length, Is.LessThan(7 * 1024 * 1024));
        Assert.That(made.Headers.Select(header => header.Key), Does.Contain("received-at").And.Contain("event-id").And.Not.Contain("ballast"));
        Assert.That(raw.Size, Is.GreaterThan((8 * 1024 * 1024) - 1_000), "a lane's bounds count headers too");
    }

    [TestCase(8_498, 973, "received-at")]
    [TestCase(100_000, 0, "")]
    [TestCase(10, 104_857, "big")]
    [TestCase(1, 1_048_576, "big")]
    public void Headers_that_are_too_many_or_too_large_are_left_out_and_what_a_replay_needs_and_the_reason_stay(int count, int size, string name)
    {
        RecordHeader many = new(name, size == 0 ? null : new byte[size]);
        var raw = new LogRecord
        {
            Topic = "events.raw",
            Position = new Position(Guid.NewGuid(), 0, 5),
            Timestamp = StageBench.Epoch,
            Key = new byte[] { 0x61 },
            Value = new byte[Limits.MaxEventBytes],
            Headers = [.. Enumerable.Repeat(many, count), new RecordHeader("small", [1]), new RecordHeader("received-at", "2026-04-02T12:00:00Z"u8.ToArray())],
        };
        var made = RejectionRecords.Create("events.rejected", "normalizer", raw, Guid.NewGuid(), Error);
        Assert.That(made.Headers, Has.Count.LessThan(11_000));
        Assert.That(made.Headers.Sum(header => header.Size) + made.Value!.Value.Length, Is.LessThan(7 * 1024 * 1024));
        Assert.That(made.Headers.Select(header => header.Key), Does.Contain("headers-truncated").And.Contain("rejection-code"));
        Assert.That(made.Headers.Select(header => header.Key), size is 973 or 0 ? Does.Contain(name) : Does.Contain("small"));
        Assert.That(Encoding.ASCII.GetString(made.Headers.Last(header => header.Key == "received-at").Value!), Is.EqualTo("2026-04-02T12:00:00Z"));
        Assert.That(RejectionRecords.Read(Written(made), _bench.Topics).SourceOffset, Is.EqualTo(5));
    }

    private static LogRecord Written(OutgoingRecord record) => new()
    {
        Topic = record.Topic,
        Position = new Position(Guid.NewGuid(), 0, 0),
        Timestamp = StageBench.Epoch,
        Key = record.Key,
        Value = record.Value,
        Headers = [.. record.Headers],
    };

    private static string Text(OutgoingRecord record, string name) =>
        Encoding.UTF8.GetString(record.Headers.Last(header => header.Key == name).Value!);
}
