using System.Text.Json;
using System.Text.Unicode;
using CustomEvents.Events;

namespace CustomEvents.Operator.Importing;

/// <summary>
/// What a line must be to stand in a bulk request at all: one such line that is not would make the request invalid whole (contract section 2).
/// Everything else is the API's to judge.
/// </summary>
internal static class LineCheck
{
    /// <summary>What is wrong; null where nothing is.</summary>
    public static EventError? Find(NdjsonLine line)
    {
        if (line.IsTooLong)
            return new EventError("", ErrorCode.TooLarge, $"An event has at most {Limits.MaxEventBytes} bytes; the line has {line.Length}.");
        if (!Utf8.IsValid(line.Text.Span))
            return new EventError("", ErrorCode.InvalidEncoding, "The line is not UTF-8.");
        try
        {
            var reader = new Utf8JsonReader(line.Text.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
            while (reader.Read())
            {
                // To the end: what stands behind the value would be another event.
            }

            return null;
        }
        catch (JsonException broken)
        {
            return new EventError("", ErrorCode.InvalidJson, $"The line is not one JSON value: byte {broken.BytePositionInLine} is not as expected.");
        }
    }
}
