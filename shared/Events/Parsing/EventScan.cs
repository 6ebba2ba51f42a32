using System.Text.Json;

namespace CustomEvents.Events.Parsing;

/// <summary>
/// One pass over an event's JSON, with what holds at every depth: names that stand twice or hold NUL, unpaired
/// surrogates, the limits of depth, number of values and string length (contract sections 5 and 7). The rules of single
/// fields stand on top of it. Broken JSON is a <see cref="JsonException"/> of the reader's.
/// </summary>
internal ref struct EventScan
{
    private readonly ScanMemory _memory;
    private int _depth;
    private int _values;
    private bool _tooDeep;

    public EventScan(ReadOnlySpan<byte> source, ScanMemory memory)
    {
        Source = source;
        _memory = memory;
        // Depth is a rule of ours, with a pointer, and only of JSON that is whole: so the reader itself has no limit.
        Reader = new Utf8JsonReader(source, new JsonReaderOptions { MaxDepth = int.MaxValue });
    }

    public readonly ReadOnlySpan<byte> Source;

    public Utf8JsonReader Reader;

    /// <summary>The text of the member's name at which the scan stands.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Where that name stands.</summary>
    public JsonSlice NameSlice { get; private set; }

    /// <summary>Whether that name holds NUL or an unpaired surrogate, which has been told.</summary>
    public bool NameIsWrong { get; private set; }

    public readonly bool IsNull => Reader.TokenType == JsonTokenType.Null;

    /// <summary>Goes into the object at which the reader stands; the number names it in <see cref="NextMember"/>.</summary>
    public int Enter()
    {
        _depth++;
        return _memory.Names.NextObject();
    }

    /// <summary>Goes to the value of the object's next member; false at its end.</summary>
    public bool NextMember(int owner)
    {
        Reader.Read();
        if (Reader.TokenType == JsonTokenType.EndObject)
        {
            _depth--;
            return false;
        }
        var raw = Reader.ValueSpan;
        var start = (int)Reader.TokenStartIndex + 1;
        NameSlice = new JsonSlice(start, raw.Length, Reader.ValueIsEscaped);
        _memory.Path.SetName(_depth - 1, NameSlice);
        NameIsWrong = false;
        CountValue();
        if (Reader.ValueIsEscaped)
            UnescapeName(raw, out start);
        else
            Name = raw;
        // Past the limit of values nothing is remembered, so that memory has a limit too.
        if (_values <= Limits.MaxValues && !NameIsWrong && !_memory.Names.Add(Source, Name, start, owner))
            Error(ErrorCode.DuplicateMember, $"The member {Utf8Text.Echo(Name)} stands twice in its object.");
        Reader.Read();
        return true;
    }

    /// <summary>Reads over a value of any kind.</summary>
    /// <param name="isStored">Whether it will be stored, so that each of its numbers must fit a number's type (contract section 6).</param>
    public void Walk(bool isStored)
    {
        switch (Reader.TokenType)
        {
            case JsonTokenType.StartObject when HasRoom():
                var owner = Enter();
                while (NextMember(owner))
                    Walk(isStored);
                break;
            case JsonTokenType.StartArray when HasRoom():
                _depth++;
                for (var index = 0; Reader.Read() && Reader.TokenType != JsonTokenType.EndArray; index++)
                {
                    CountValue();
                    _memory.Path.SetIndex(_depth - 1, index);
                    Walk(isStored);
                }
                _depth--;
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Reader.Skip();
                break;
            case JsonTokenType.String:
                CheckString();
                break;
            case JsonTokenType.Number when isStored && !JsonNumber.IsExact(Reader.ValueSpan):
                Error(ErrorCode.OutOfRange,
                    $"A number must fit a 64-bit integer, a double or a decimal of 34 digits exactly; {Found()} does not.");
                break;
        }
    }

    /// <summary>The place of the string at which the reader stands.</summary>
    public readonly JsonSlice StringSlice() => new((int)Reader.TokenStartIndex + 1, Reader.ValueSpan.Length, Reader.ValueIsEscaped);

    /// <summary>Walks over a value that will be stored and gives its place.</summary>
    public JsonSlice WalkStored()
    {
        var start = (int)Reader.TokenStartIndex;
        Walk(isStored: true);
        return new JsonSlice(start, (int)Reader.BytesConsumed - start, false);
    }

    /// <summary>The text of the string at which the reader stands, until the next one; false, and told, where it has an unpaired surrogate.</summary>
    public bool TryText(out ReadOnlySpan<byte> text)
    {
        var raw = Reader.ValueSpan;
        if (!Reader.ValueIsEscaped)
        {
            text = raw;
            return true;
        }
        var buffer = _memory.TextBuffer(raw.Length);
        var valid = Utf8Text.Unescape(raw, buffer, out var length);
        text = buffer[..length];
        if (!valid)
            Error(ErrorCode.InvalidEncoding, "A string must be Unicode text; found a surrogate that has no pair.");
        return valid;
    }

    /// <summary>As <see cref="TryText"/>, and the string is not over <see cref="Limits.MaxStringBytes"/>.</summary>
    public bool TryBoundedText(out ReadOnlySpan<byte> text) => TryText(out text) && IsBounded(text);

    /// <summary>Whether the text is not over <see cref="Limits.MaxStringBytes"/>; told where it is.</summary>
    public readonly bool IsBounded(ReadOnlySpan<byte> text)
    {
        if (text.Length <= Limits.MaxStringBytes)
            return true;
        Error(ErrorCode.StringTooLong, $"A string has at most {Limits.MaxStringBytes} bytes of UTF-8; this one has {text.Length}.");
        return false;
    }

    /// <summary>The reader stands at the expected kind; otherwise that is told, and the value is read over.</summary>
    public bool Expect(JsonTokenType expected, string description)
    {
        if (Reader.TokenType == expected)
            return true;
        Error(ErrorCode.InvalidType, $"Expected {description}, found {Kind()}.");
        Walk(isStored: false);
        return false;
    }

    /// <summary>Tells an error of the value at which the scan stands, or that it just left, or of a member that this one lacks.</summary>
    public readonly void Error(ErrorCode code, string detail, string member = "")
    {
        if (_memory.Errors.Count < Limits.MaxErrors)
            _memory.Errors.Add(new EventError(_memory.Path.ToPointer(Source, _depth, member), code, detail));
    }

    /// <summary>What kind of value the reader stands at, for people.</summary>
    public readonly string Kind() => Reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        _ => "null",
    };

    /// <summary>The scalar at which the reader stands as it was written, cut, for people.</summary>
    public readonly string Found() => Utf8Text.Echo(Reader.ValueSpan);

    /// <summary>Whether the event has more values than it may.</summary>
    public readonly bool HasTooManyValues => _values > Limits.MaxValues;

    private void CountValue() => _values++;

    private bool HasRoom()
    {
        if (_depth < Limits.MaxDepth)
            return true;
        if (!_tooDeep)
            Error(ErrorCode.TooDeep, $"Objects and arrays may be nested {Limits.MaxDepth} deep; this one is deeper.");
        _tooDeep = true;
        return false;
    }

    private void CheckString()
    {
        // Only what is escaped has to be looked into.
        if (!Reader.ValueIsEscaped)
            IsBounded(Reader.ValueSpan);
        else
            TryBoundedText(out _);
    }

    private void UnescapeName(ReadOnlySpan<byte> raw, out int start)
    {
        if (!_memory.Names.Unescape(raw, out start, out var text))
        {
            NameIsWrong = true;
            Error(ErrorCode.InvalidEncoding, "A name must be Unicode text; found a surrogate that has no pair.");
        }
        else if (text.Contains((byte)0))
        {
            NameIsWrong = true;
            Error(ErrorCode.InvalidFormat, "A name must not contain NUL (U+0000); found one.");
        }
        start = ~start;
        Name = text;
    }
}
