using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages;

/// <summary>The records of the topic of rejections, contract section 8: how they are made, and how they are read.</summary>
public static class RejectionRecords
{
    /// <summary>Payloads over <see cref="Limits.MaxEventBytes"/> are cut to their first 64 KiB.</summary>
    public const int TruncatedPayloadBytes = 64 * 1024;

    /// <summary>The rejection of a record that was read from the log, with its own bytes, key and headers.</summary>
    public static OutgoingRecord Create(string topic, string stage, LogRecord original, Guid eventId, EventError error) =>
        throw new NotImplementedException();

    /// <summary>The rejection of an event of a bulk request by the API.</summary>
    public static OutgoingRecord CreateForApi(
        string topic, string storeId, ReadOnlyMemory<byte> payload, Guid eventId, EventError error, IReadOnlyList<RecordHeader> headers) =>
        throw new NotImplementedException();

    /// <summary>Reads a record of the topic of rejections; a malformed header (somebody else wrote it) is told in the detail and never throws.</summary>
    public static Rejection Read(LogRecord record, TopicNames topics) => throw new NotImplementedException();
}
