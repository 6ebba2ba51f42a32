namespace CustomEvents.Events.Parsing;

/// <summary>What a scan needs beside the bytes, kept from event to event.</summary>
internal sealed class ScanMemory
{
    private byte[] _text = new byte[256];

    public MemberNames Names { get; } = new();

    public JsonPath Path { get; } = new();

    /// <summary>What is wrong with the event, at most <see cref="Limits.MaxErrors"/>.</summary>
    public List<EventError> Errors { get; } = [];

    public void Reset()
    {
        Names.Reset();
        Errors.Clear();
        if (_text.Length > Limits.MaxStringBytes)
            _text = new byte[256];
    }

    /// <summary>Room for one string's text, until the next one.</summary>
    public Span<byte> TextBuffer(int length)
    {
        if (_text.Length < length)
            _text = new byte[Math.Max(length, _text.Length * 2)];
        return _text;
    }
}
