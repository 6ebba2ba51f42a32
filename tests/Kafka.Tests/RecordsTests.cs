using Confluent.Kafka;
using CustomEvents.Kafka.Reading;

namespace CustomEvents.Tests.Kafka;

[TestFixture]
public sealed class RecordsTests
{
    [TestCase(0, "1970-01-01T00:00:00.000Z", true)]
    [TestCase(-62135596800000, "0001-01-01T00:00:00.000Z", false)]
    [TestCase(-62135596800001, "0001-01-01T00:00:00.000Z", false)]
    [TestCase(long.MinValue, "0001-01-01T00:00:00.000Z", false)]
    [TestCase(253402300799998, "9999-12-31T23:59:59.998Z", true)]
    [TestCase(1_774_000_000_000_000, "9999-12-31T23:59:59.999Z", false)]
    [TestCase(long.MaxValue, "9999-12-31T23:59:59.999Z", false)]
    public void A_timestamp_that_is_of_no_year_is_the_nearest_that_is(long milliseconds, string expected, bool hasTime)
    {
        var result = new ConsumeResult<byte[]?, byte[]?>
        {
            Message = new Message<byte[]?, byte[]?> { Timestamp = new Timestamp(milliseconds, TimestampType.CreateTime) },
            TopicPartitionOffset = new TopicPartitionOffset("t", 0, 0),
        };

        var record = Records.From(result, "t", Guid.Empty);

        Assert.That(record.Timestamp.ToString("yyyy-MM-ddTHH:mm:ss.fffK", System.Globalization.CultureInfo.InvariantCulture), Is.EqualTo(expected));
        Assert.That(record.HasTime, Is.EqualTo(hasTime));
    }
}
