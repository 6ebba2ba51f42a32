namespace CustomEvents.Pipeline.Log;

/// <summary>
/// The frame that Confluent's serializers put before a value: a zero byte and a schema's id in four bytes. It is taken off, whatever the id:
/// the rules decide, not the registry (contract section 9).
/// </summary>
public static class SchemaFrame
{
    /// <summary>How long it is.</summary>
    public const int Bytes = 5;

    /// <summary>Whether a value has one: no JSON begins with a zero byte.</summary>
    public static bool Is(ReadOnlySpan<byte> value) => value.Length >= Bytes && value[0] == 0;

    /// <summary>The value without its frame; the value itself where it has none.</summary>
    public static ReadOnlyMemory<byte> TakeOff(ReadOnlyMemory<byte> value) => Is(value.Span) ? value[Bytes..] : value;
}
