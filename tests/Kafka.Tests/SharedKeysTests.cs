using Confluent.Kafka;
using CustomEvents.Events;
using CustomEvents.Kafka.Reading;

namespace CustomEvents.Tests.Kafka;

[TestFixture]
public sealed class SharedKeysTests
{
    [TestCase(1, true)]
    [TestCase(StoreId.MaxLength, true)]
    [TestCase(StoreId.MaxLength + 1, false)]
    public void Only_what_may_be_a_store_is_kept(int length, bool isShared)
    {
        var keys = new SharedKeys();
        var data = new byte[length];

        var (first, second) = (keys.Deserialize(data, false, SerializationContext.Empty), keys.Deserialize(data, false, SerializationContext.Empty));

        Assert.That(first, Is.EqualTo(data));
        Assert.That(second, Is.EqualTo(data));
        Assert.That(ReferenceEquals(first, second), Is.EqualTo(isShared));
    }
}
