namespace CustomEvents.Pipeline.Log;

/// <summary>A record's header.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its bytes; null where the producer gave null.</param>
public readonly record struct RecordHeader(string Key, byte[]? Value)
{
    /// <summary>How many bytes it takes in a record, at least.</summary>
    public int Size => Key.Length + (Value?.Length ?? 0);
}
