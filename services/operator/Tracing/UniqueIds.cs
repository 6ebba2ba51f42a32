using System.Text.Json;
using CustomEvents.Events;

namespace CustomEvents.Operator.Tracing;

/// <summary>Reads the <c>uniqueId</c> of an event, valid or not: a refused event is to be found as well.</summary>
internal static class UniqueIds
{
    private const int FrameBytes = 5;

    /// <summary>Whether the record's event has the <c>uniqueId</c>.</summary>
    public static bool Has(ReadOnlyMemory<byte>? value, string uniqueId)
    {
        if (value is not { } bytes)
            return false;
        // A zero byte begins no JSON: it is the frame of Confluent's serializers (contract section 9).
        if (bytes.Length >= FrameBytes && bytes.Span[0] == 0)
            bytes = bytes[FrameBytes..];
        if (bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        try
        {
            var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { MaxDepth = Limits.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUniqueId = reader.ValueTextEquals("uniqueId"u8);
                reader.Read();
                if (isUniqueId && reader.TokenType == JsonTokenType.String)
                    return reader.ValueTextEquals(uniqueId);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // It breaks before its uniqueId: nobody can tell whose it was.
        }
        catch (InvalidOperationException)
        {
            // A name that is no text.
        }

        return false;
    }

    /// <summary>The <c>uniqueId</c> of a valid event; null where it has none or is not valid.</summary>
    public static string? Of(ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes)
            return null;
        if (bytes.Length >= FrameBytes && bytes.Span[0] == 0)
            bytes = bytes[FrameBytes..];
        return new EventParser().Parse(bytes, new List<EventError>())?.UniqueId;
    }
}
