using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Operator.Tracing;

/// <summary>Reads the <c>uniqueId</c> of an event, valid or not: a refused event is to be found as well.</summary>
internal static class UniqueIds
{
    /// <summary>Whether the record's event has the <c>uniqueId</c>.</summary>
    public static bool Has(ReadOnlyMemory<byte>? value, string uniqueId)
    {
        if (value is not { } bytes)
            return false;
        bytes = SchemaFrame.TakeOff(bytes);
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
        return new EventParser().Parse(SchemaFrame.TakeOff(bytes), new List<EventError>())?.UniqueId;
    }
}
