using Confluent.Kafka;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Kafka.Reading;

/// <summary>Makes the port's records of the client's.</summary>
internal static class Records
{
    /// <summary>A record whose value and headers are its own.</summary>
    public static LogRecord From(ConsumeResult<byte[]?, byte[]?> result, string topic, Guid topicId) =>
        From(result, result.Message.Value is { } value ? value : default(ReadOnlyMemory<byte>?), memory: null, topic, topicId);

    /// <summary>A record whose value and headers go to a memory: the client's value is valid until the next poll (<see cref="RecordMemory.Values"/>).</summary>
    public static LogRecord From(ConsumeResult<byte[]?, ReadOnlyMemory<byte>?> result, RecordMemory memory, string topic, Guid topicId)
    {
        var value = result.Message.Value;
        if (value is { Length: <= RecordMemory.MaxSharedBytes } read)
        {
            var kept = memory.Take(read.Length);
            read.CopyTo(kept);
            value = kept;
        }

        return From(result, value, memory, topic, topicId);
    }

    private static LogRecord From<TValue>(
        ConsumeResult<byte[]?, TValue> result, ReadOnlyMemory<byte>? value, RecordMemory? memory, string topic, Guid topicId) => new()
        {
            Topic = topic,
            Position = new Position(topicId, result.Partition.Value, result.Offset.Value),
            Timestamp = LogRecord.TimeOf(result.Message.Timestamp.UnixTimestampMs),
            Key = result.Message.Key is { } key ? key : default(ReadOnlyMemory<byte>?),
            Value = value,
            Headers = Pack(result.Message.Headers, memory),
        };

    private static RecordHeaders Pack(Headers? headers, RecordMemory? memory)
    {
        if (headers is null || headers.Count == 0)
            return default;
        var size = 0;
        for (var i = 0; i < headers.Count; i++)
            size += RecordHeaders.SizeOf(headers[i].Key, headers[i].GetValueBytes());
        var packed = memory?.Take(size) ?? new byte[size];
        var rest = packed.Span;
        for (var i = 0; i < headers.Count; i++)
            rest = rest[RecordHeaders.Write(rest, headers[i].Key, headers[i].GetValueBytes())..];
        return new RecordHeaders(packed);
    }
}
