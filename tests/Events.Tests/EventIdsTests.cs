using System.Text;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public class EventIdsTests
{
    private static readonly DateTime Time = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);

    [Test]
    public void The_same_request_gives_the_same_id_and_any_difference_another()
    {
        var ids = new[]
        {
            EventIds.FromIdempotencyKey("s", "events", "k", "{}"u8, 0),
            EventIds.FromIdempotencyKey("t", "events", "k", "{}"u8, 0),
            EventIds.FromIdempotencyKey("s", "events/bulk", "k", "{}"u8, 0),
            EventIds.FromIdempotencyKey("s", "events", "l", "{}"u8, 0),
            EventIds.FromIdempotencyKey("s", "events", "k", "{} "u8, 0),
            EventIds.FromIdempotencyKey("s", "events", "k", "{}"u8, 1),
            EventIds.FromIdempotencyKey("se", "vents", "k", "{}"u8, 0),
        };
        Assert.That(ids, Is.Unique);
        Assert.That(EventIds.FromIdempotencyKey("s", "events", "k", "{}"u8, 0), Is.EqualTo(ids[0]));
    }

    [Test]
    public void The_same_record_gives_the_same_id_and_any_difference_another()
    {
        var ids = new[]
        {
            EventIds.FromRecord("events.raw", 0, 1, Time, "{}"u8),
            EventIds.FromRecord("events.raw2", 0, 1, Time, "{}"u8),
            EventIds.FromRecord("events.raw", 1, 1, Time, "{}"u8),
            EventIds.FromRecord("events.raw", 0, 2, Time, "{}"u8),
            EventIds.FromRecord("events.raw", 0, 1, Time.AddMilliseconds(1), "{}"u8),
            EventIds.FromRecord("events.raw", 0, 1, Time, []),
        };
        Assert.That(ids, Is.Unique);
        Assert.That(EventIds.FromRecord("events.raw", 0, 1, Time, "{}"u8), Is.EqualTo(ids[0]));
    }

    // Ids outlive the program: one that came out differently tomorrow would store an event twice.
    [Test]
    public void Ids_are_of_version_8_and_never_change()
    {
        Assert.Multiple(() =>
        {
            Assert.That(EventIds.FromIdempotencyKey("store", "events", "key", "{}"u8, 0).ToString(), Is.EqualTo("94048715-f1f1-89e4-ab62-f4b4ab3b96e6"));
            Assert.That(EventIds.FromRecord("events.raw", 3, 42, Time, "{}"u8).ToString(), Is.EqualTo("2b209902-2da5-860e-a3b2-1a1242293ffd"));
            Assert.That(EventIds.FromRecord("events.raw", 3, 42, Time, "{}"u8).Version, Is.EqualTo(8));
        });
    }

    [Test]
    public void A_key_of_any_length_is_taken() =>
        Assert.That(EventIds.FromIdempotencyKey(new string('s', 64), "events", new string('k', 5_000), new byte[100_000], 99).Version, Is.EqualTo(8));

    [TestCase("0197b0a0-0000-7000-8000-000000000001", true)]
    [TestCase("0197B0A0-0000-7000-8000-00000000000F", true)]
    [TestCase("00000000-0000-0000-0000-000000000000", true)]
    [TestCase("0197b0a000007000800000000000000001", false)]
    [TestCase("{0197b0a0-0000-7000-8000-00000000001}", false)]
    [TestCase("0197b0a0-0000-7000-8000-00000000000", false)]
    [TestCase("0197b0a0-0000-7000-8000-0000000000011", false)]
    [TestCase("0x97b0a0-0000-7000-8000-000000000001", false)]
    [TestCase("+197b0a0-0000-7000-8000-000000000001", false)]
    [TestCase("0197b0a0 0000-7000-8000-000000000001", false)]
    [TestCase("0197b0a0-0000-7000-8000-00000000000g", false)]
    [TestCase("", false)]
    public void A_UUID_has_one_form(string text, bool isId)
    {
        Assert.That(EventIds.TryParse(Encoding.UTF8.GetBytes(text), out var id), Is.EqualTo(isId));
        if (isId)
            Assert.That(id.ToString(), Is.EqualTo(text.ToLowerInvariant()));
    }

    [Test]
    public void A_byte_that_is_no_ASCII_is_no_digit() =>
        Assert.That(EventIds.TryParse([.. "0197b0a0-0000-7000-8000-00000000000"u8, 0xFF], out _), Is.False);
}
