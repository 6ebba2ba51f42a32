using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CustomEvents.Kafka.Reading;

/// <summary>Looks topics' ids up. A topic that was deleted and made anew has another.</summary>
internal static class TopicIds
{
    /// <summary>The id of a topic.</summary>
    /// <exception cref="KafkaException">It is not known now: the topic is missing, or the cluster away.</exception>
    public static async Task<Guid> FindAsync(IAdminClient admin, string topic, TimeSpan timeout)
    {
        try
        {
            var result = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = timeout })
                .ConfigureAwait(false);
            return ToGuid(result.TopicDescriptions[0].TopicId);
        }
        catch (DescribeTopicsException e)
        {
            var error = e.Results.TopicDescriptions.Count > 0 && e.Results.TopicDescriptions[0].Error.IsError ? e.Results.TopicDescriptions[0].Error : e.Error;
            throw new KafkaException(error, e);
        }
    }

    /// <summary>The same 128 bits, in the order in which they are written.</summary>
    public static Guid ToGuid(Uuid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, id.MostSignificantBits);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.LeastSignificantBits);
        return new Guid(bytes, bigEndian: true);
    }
}
