using CustomEvents.Events;

namespace CustomEvents.Pipeline.Log;

/// <summary>A record that was read from the log.</summary>
public sealed class LogRecord
{
    private static readonly DateTime s_last = new(9999, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc);

    /// <summary>The topic's name.</summary>
    public required string Topic { get; init; }

    /// <summary>Where it stands.</summary>
    public required Position Position { get; init; }

    /// <summary>The record's timestamp, UTC, to the millisecond; see <see cref="TimeOf"/>.</summary>
    public required DateTime Timestamp { get; init; }

    /// <summary>Whether the timestamp says when: not where it is of no year that can be written.</summary>
    public bool HasTime => SaysWhen(Timestamp);

    /// <summary>Its key; null where it has none.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Its value; null for a tombstone.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>Its headers, in order.</summary>
    public RecordHeaders Headers { get; init; }

    /// <summary>How many bytes it counts for in the bounds of a lane, its headers too: they may be as large as the value.</summary>
    public int Size => 128 + (Key?.Length ?? 0) + (Value?.Length ?? 0) + Headers.Packed.Length;

    /// <summary>The event's id: the one that its producer gave, where that is well-formed, else the derived one (contract section 9).</summary>
    public Guid EventId => Header(HeaderNames.EventId) is { } text && EventIds.TryParse(text.Span, out var id) ? id : DerivedEventId;

    /// <summary>The id that derives from the record itself: the same whenever it is read, and another in a topic that was made anew.</summary>
    public Guid DerivedEventId => EventIds.FromRecord(
        Topic, Position.Partition, Position.Offset, Timestamp, Value is { } value ? value.Span : default);

    /// <summary>
    /// Since when the record's event is on its way, UTC: what lag is counted from, in every topic. It is the time of receipt; but of a replay, whose receipt
    /// may be days ago, and where none is told, the time of the record; where that says nothing, it is not late.
    /// </summary>
    public DateTime WaitingSince =>
        Header(HeaderNames.ReplayOf) is null && Header(HeaderNames.ReceivedAt) is { } text && Rfc3339.TryParse(text.Span, out var receivedAt) ? receivedAt
        : HasTime ? Timestamp : s_last;

    /// <summary>
    /// The time of a record's timestamp, milliseconds since 1970. Kafka takes any number, and what is outside of the years 1 to 9999 is the first or the last
    /// millisecond in them: one record that was stamped in the wrong unit is at fault itself, and not the partition that it stands in.
    /// </summary>
    public static DateTime TimeOf(long milliseconds) => DateTime.UnixEpoch.AddTicks(
        Math.Clamp(milliseconds, -DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond, (s_last - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond) * TimeSpan.TicksPerMillisecond);

    /// <summary>Whether a <see cref="TimeOf"/> is one: not the first and the last, which stand for what is of no year.</summary>
    public static bool SaysWhen(DateTime time) => time.Ticks > 0 && time.Ticks < s_last.Ticks;

    /// <summary>The last header of a name (contract section 9); null where there is none or its value is null.</summary>
    public ReadOnlyMemory<byte>? Header(string name) => Headers.Last(name);
}
