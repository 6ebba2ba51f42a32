namespace CustomEvents.Pipeline.Log;

/// <summary>The names of record headers, contract sections 8 and 9. Values are UTF-8 text.</summary>
public static class HeaderNames
{
    /// <summary>The event's id.</summary>
    public const string EventId = "event-id";

    /// <summary>When the event was received, RFC 3339.</summary>
    public const string ReceivedAt = "received-at";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>How long it is, bytes; of another length it is malformed and ignored (contract section 9).</summary>
    public const int TraceParentBytes = 55;

    /// <summary><c>http</c> on records of the API, which alone sets it.</summary>
    public const string Producer = "producer";

    /// <summary>The id of the rejection that this record replays; only the operator's replay sets it.</summary>
    public const string ReplayOf = "replay-of";

    /// <summary>Which stage rejected it.</summary>
    public const string RejectionStage = "rejection-stage";

    /// <summary>The code.</summary>
    public const string RejectionCode = "rejection-code";

    /// <summary>The detail.</summary>
    public const string RejectionDetail = "rejection-detail";

    /// <summary>A JSON Pointer into the payload.</summary>
    public const string RejectionPointer = "rejection-pointer";

    /// <summary>The topic it was read from.</summary>
    public const string OriginalTopic = "original-topic";

    /// <summary>The partition it was read from.</summary>
    public const string OriginalPartition = "original-partition";

    /// <summary>The offset it was read at.</summary>
    public const string OriginalOffset = "original-offset";

    /// <summary>Its record's timestamp, milliseconds since 1970.</summary>
    public const string OriginalTimestamp = "original-timestamp";

    /// <summary>The payload's length before it was cut.</summary>
    public const string PayloadBytes = "payload-bytes";

    /// <summary><c>true</c> where the payload was cut.</summary>
    public const string PayloadTruncated = "payload-truncated";

    /// <summary><c>true</c> where not all of the record's own headers are there.</summary>
    public const string HeadersTruncated = "headers-truncated";

    /// <summary>Whether a header says something of a rejection, and is not the record's own.</summary>
    public static bool IsOfRejection(string name) => name
        is RejectionStage or RejectionCode or RejectionDetail or RejectionPointer
        or OriginalTopic or OriginalPartition or OriginalOffset or OriginalTimestamp
        or PayloadBytes or PayloadTruncated or HeadersTruncated;
}
