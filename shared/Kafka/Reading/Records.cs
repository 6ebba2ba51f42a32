using Confluent.Kafka;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Kafka.Reading;

/// <summary>Makes the port's records of the client's.</summary>
internal static class Records
{
    public static LogRecord From(ConsumeResult<byte[]?, byte[]?> result, string topic, Guid topicId) => new()
    {
        Topic = topic,
        Position = new Position(topicId, result.Partition.Value, result.Offset.Value),
        Timestamp = result.Message.Timestamp.UtcDateTime,
        Key = result.Message.Key is { } key ? key : default(ReadOnlyMemory<byte>?),
        Value = result.Message.Value is { } value ? value : default(ReadOnlyMemory<byte>?),
        Headers = HeadersOf(result.Message.Headers),
    };

    private static RecordHeader[] HeadersOf(Headers? headers)
    {
        if (headers is null || headers.Count == 0)
            return [];
        var copy = new RecordHeader[headers.Count];
        for (var i = 0; i < copy.Length; i++)
            copy[i] = new RecordHeader(Known(headers[i].Key), headers[i].GetValueBytes());
        return copy;
    }

    // The client makes a string of each name it reads, and records are held for long.
    private static string Known(string name) => name switch
    {
        HeaderNames.EventId => HeaderNames.EventId,
        HeaderNames.ReceivedAt => HeaderNames.ReceivedAt,
        HeaderNames.Producer => HeaderNames.Producer,
        HeaderNames.TraceParent => HeaderNames.TraceParent,
        _ => name,
    };
}
