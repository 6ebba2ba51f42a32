using Confluent.Kafka;
using CustomEvents.Events;

namespace CustomEvents.Kafka.Reading;

/// <summary>
/// Gives records of one store the same bytes as their key: they are held in thousands, and stores are few. What is longer than a store's id is not kept: a direct
/// producer's keys may be of any size. One reader's, and not for two threads.
/// </summary>
internal sealed class SharedKeys : IDeserializer<byte[]?>
{
    private readonly byte[]?[] _recent = new byte[256][];

    public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull)
            return null;
        if (data.Length > StoreId.MaxLength)
            return data.ToArray();
        var hash = new HashCode();
        hash.AddBytes(data);
        ref var recent = ref _recent[hash.ToHashCode() & (_recent.Length - 1)];
        if (recent is null || !data.SequenceEqual(recent))
            recent = data.ToArray();
        return recent;
    }
}
