using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using CustomEvents.Events.Normalized;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events;

/// <summary>
/// The record of the normalized topic: a valid event with its customer resolved and its values typed. JSON, described
/// by <c>docs/schemas/events.normalized.json</c>; strings, keys, objects and arrays stand in it byte for byte as the producer wrote them.
/// </summary>
public sealed class NormalizedEvent
{
    /// <summary>The version that <see cref="Write"/> gives; <see cref="TryRead"/> takes this one and the one before, and ignores unknown members.</summary>
    public const int Version = 1;

    /// <summary>The event's id.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The store.</summary>
    public required string StoreId { get; init; }

    /// <summary>The customer that was found or made.</summary>
    public required CustomerId CustomerId { get; init; }

    /// <summary>When the event was received, UTC, to the millisecond.</summary>
    public required DateTime ReceivedAt { get; init; }

    /// <summary>How it came in: <c>http</c> or <c>kafka</c>.</summary>
    public required string Producer { get; init; }

    /// <summary>The raw topic's name.</summary>
    public required string Topic { get; init; }

    /// <summary>Its place in the raw topic.</summary>
    public required Position Position { get; init; }

    /// <summary>
    /// Whether this event put an identifier on a customer that was there before: a change of the profile, for which the
    /// persister moves <c>updatedAt</c>.
    /// </summary>
    public bool IdentifierAdded { get; init; }

    /// <summary>The event itself.</summary>
    public required CustomEvent Event { get; init; }

    /// <summary>When it occurred: its own timestamp, else when it was received. UTC.</summary>
    public DateTime OccurredAt => Event.Timestamp ?? ReceivedAt;

    /// <summary>Writes the record's value.</summary>
    public void Write(IBufferWriter<byte> output) => NormalizedWriter.Write(this, output);

    /// <summary>Reads what <see cref="Write"/> wrote; false, with a reason, for anything else. The bytes must stay as they are while the event is used.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out NormalizedEvent? normalized, [NotNullWhen(false)] out string? problem)
    {
        normalized = null;
        if (!Utf8.IsValid(json.Span))
        {
            problem = "The record is not UTF-8.";
            return false;
        }
        try
        {
            normalized = new NormalizedReader(json).Read(out problem);
        }
        catch (JsonException broken)
        {
            problem = InvalidJson.From(broken).Detail;
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that a name or a text has an unpaired surrogate.
            problem = "The record is not Unicode text.";
        }
        if (normalized is not null)
            return true;
        problem ??= "The record could not be read.";
        return false;
    }

    /// <summary>Whether a record that <see cref="TryRead"/> refused is of a version after this one: a newer program reads it.</summary>
    public static bool IsNewer(ReadOnlySpan<byte> json)
    {
        // Of a newer version nothing is known but that it is an object that names its version.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1_000 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isVersion = reader.ValueTextEquals("version"u8);
                reader.Read();
                if (isVersion)
                    return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var version) && version > Version;
                reader.Skip();
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // No JSON, or no Unicode: of no version.
        }

        return false;
    }
}
