using System.Buffers;
using Confluent.Kafka;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Kafka.Reading;

/// <summary>Makes the port's records of the client's.</summary>
internal static class Records
{
    /// <summary>A record with memory of its own.</summary>
    public static LogRecord From(ConsumeResult<byte[]?, byte[]?> result, string topic, Guid topicId)
    {
        var headers = new ArrayBufferWriter<byte>();
        Write(result.Message.Headers, headers);
        return From(result, result.Message.Value is { } value ? value : default(ReadOnlyMemory<byte>?), headers.WrittenMemory, topic, topicId);
    }

    /// <summary>A record whose value lies in the memory already, and whose headers go there.</summary>
    public static LogRecord From(ConsumeResult<byte[]?, ReadOnlyMemory<byte>?> result, RecordMemory memory, string topic, Guid topicId)
    {
        Write(result.Message.Headers, memory);
        return From(result, result.Message.Value, memory.TakeWritten(), topic, topicId);
    }

    private static LogRecord From<TValue>(
        ConsumeResult<byte[]?, TValue> result, ReadOnlyMemory<byte>? value, ReadOnlyMemory<byte> headers, string topic, Guid topicId) => new()
        {
            Topic = topic,
            Position = new Position(topicId, result.Partition.Value, result.Offset.Value),
            Timestamp = result.Message.Timestamp.UtcDateTime,
            Key = result.Message.Key is { } key ? key : default(ReadOnlyMemory<byte>?),
            Value = value,
            Headers = new RecordHeaders(headers),
        };

    private static void Write(Headers? headers, IBufferWriter<byte> output)
    {
        for (var i = 0; i < (headers?.Count ?? 0); i++)
            RecordHeaders.Write(output, headers![i].Key, headers[i].GetValueBytes());
    }
}
