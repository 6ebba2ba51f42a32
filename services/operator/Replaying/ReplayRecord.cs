using System.Globalization;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Operator.Output;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Replaying;

/// <summary>Makes of a rejection the record that sends it again, contract section 8: the original bytes, event-id and received-at.</summary>
internal static class ReplayRecord
{
    /// <summary>Why it cannot be sent again; null where it can.</summary>
    public static string? Obstacle(Rejection rejection, TopicNames topics)
    {
        if (rejection.SourceTopic == topics.Normalized)
            return $"its payload is no event but a record of {topics.Normalized}, because the raw record was gone from the log when it was refused: send the event anew from where it came";
        if (Header(rejection, HeaderNames.PayloadTruncated) == "true")
            return "its payload was cut, being over 5 MB";
        if (rejection.Payload.IsEmpty)
            return "it has no payload";
        return rejection.StoreId is null ? "it names no store" : null;
    }

    /// <summary>The record.</summary>
    public static OutgoingRecord Create(string rawTopic, Rejection rejection)
    {
        var headers = new List<RecordHeader>();
        foreach (var header in rejection.Headers)
        {
            if (!HeaderNames.IsOfRejection(header.Key) && !IsSetAnew(header.Key))
                headers.Add(header);
        }

        headers.Add(new RecordHeader(HeaderNames.EventId, Encoding.ASCII.GetBytes(rejection.EventId.ToString("D"))));
        headers.Add(new RecordHeader(HeaderNames.ReceivedAt, Encoding.ASCII.GetBytes(ReceivedAt(rejection))));
        // The API's own rejections came by HTTP, whatever their headers say; a direct producer's did not.
        if (rejection.Stage == RejectionRecords.ApiStage || Header(rejection, HeaderNames.Producer) == "http")
            headers.Add(new RecordHeader(HeaderNames.Producer, "http"u8.ToArray()));
        headers.Add(new RecordHeader(HeaderNames.ReplayOf, Encoding.UTF8.GetBytes(rejection.Id)));
        return new OutgoingRecord(rawTopic, Encoding.UTF8.GetBytes(rejection.StoreId!), rejection.Payload, headers);
    }

    private static bool IsSetAnew(string name) =>
        name is HeaderNames.EventId or HeaderNames.ReceivedAt or HeaderNames.ReplayOf or HeaderNames.Producer;

    private static string ReceivedAt(Rejection rejection)
    {
        // A malformed time may be why it was refused: then the record's own time counts, as it does where there is none.
        if (Header(rejection, HeaderNames.ReceivedAt) is { } given && Rfc3339.TryParse(Encoding.UTF8.GetBytes(given), out _))
            return given;
        return long.TryParse(Header(rejection, HeaderNames.OriginalTimestamp), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) &&
            LogRecord.TimeOf(milliseconds) is var time && LogRecord.SaysWhen(time)
            ? time.Text()
            : rejection.RejectedAt.Text();
    }

    private static string? Header(Rejection rejection, string name)
    {
        for (var i = rejection.Headers.Count - 1; i >= 0; i--)
        {
            if (rejection.Headers[i].Key == name)
                return rejection.Headers[i].Value is { } value ? Encoding.UTF8.GetString(value) : null;
        }

        return null;
    }
}
