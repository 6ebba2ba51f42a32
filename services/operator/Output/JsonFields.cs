using System.Globalization;
using System.Text.Json;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Output;

/// <summary>How values stand in the commands' JSON documents.</summary>
internal static class JsonFields
{
    /// <summary>RFC 3339, UTC, to the millisecond.</summary>
    public static string Text(this DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static void WriteTime(this Utf8JsonWriter writer, string name, DateTime? utc) => writer.WriteString(name, utc?.Text());

    public static void WriteEventId(this Utf8JsonWriter writer, string name, Guid? id) => writer.WriteString(name, id?.ToString("D"));

    public static void WriteStore(this Utf8JsonWriter writer, Store store)
    {
        writer.WriteStartObject();
        writer.WriteString("storeId", store.StoreId);
        writer.WriteTime("createdAt", store.CreatedAt);
        writer.WriteEndObject();
    }

    /// <summary>A key's members but never its hash.</summary>
    public static void WriteKeyMembers(this Utf8JsonWriter writer, ApiKey key)
    {
        writer.WriteString("keyId", key.KeyId);
        writer.WriteString("storeId", key.StoreId);
        writer.WriteString("name", key.Name);
        writer.WriteStartArray("scopes");
        foreach (var scope in key.Scopes)
            writer.WriteStringValue(scope);
        writer.WriteEndArray();
        writer.WriteTime("createdAt", key.CreatedAt);
        writer.WriteTime("expiresAt", key.ExpiresAt);
        writer.WriteTime("revokedAt", key.RevokedAt);
    }

    /// <summary>A rejection's members but its headers and payload.</summary>
    public static void WriteRejectionMembers(this Utf8JsonWriter writer, Rejection rejection)
    {
        writer.WriteString("id", rejection.Id);
        writer.WriteString("storeId", rejection.StoreId);
        writer.WriteEventId("eventId", rejection.EventId);
        writer.WriteString("stage", rejection.Stage);
        writer.WriteString("code", Events.ErrorCodes.ToText(rejection.Code));
        writer.WriteString("detail", rejection.Detail);
        writer.WriteString("pointer", rejection.Pointer);
        writer.WriteTime("rejectedAt", rejection.RejectedAt);
        writer.WriteStartObject("source");
        writer.WriteString("topic", rejection.SourceTopic);
        if (rejection.SourcePartition is { } partition)
            writer.WriteNumber("partition", partition);
        if (rejection.SourceOffset is { } offset)
            writer.WriteNumber("offset", offset);
        writer.WriteEndObject();
        writer.WriteTime("replayedAt", rejection.ReplayedAt);
    }
}
