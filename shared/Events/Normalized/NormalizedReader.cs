using System.Buffers;
using System.Text.Json;

namespace CustomEvents.Events.Normalized;

/// <summary>Reads what <see cref="NormalizedWriter"/> wrote, of this version and of the one before, and skips members that it does not know.</summary>
internal ref struct NormalizedReader
{
    private const int MaxKeptProperties = 1_024;

    // An event's own depth, the record around it and the {"json": } around an object.
    private const int MaxDepth = Limits.MaxDepth + 8;

    // Kept by each thread from list to list, so that only the result is allocated; no list lies in another.
    [ThreadStatic]
    private static List<Property>? t_properties;

    private readonly ReadOnlyMemory<byte> _source;
    private Utf8JsonReader _reader;
    private string? _problem;

    private int? _version;
    private Guid? _eventId;
    private string? _storeId;
    private CustomerId? _customerId;
    private DateTime? _receivedAt;
    private string? _producer;
    private string? _topic;
    private Guid? _topicId;
    private long? _partition;
    private long? _offset;
    private bool _identifierAdded;
    private string? _eventName;
    private DateTime? _timestamp;
    private ExactDecimal? _value;
    private string? _currency;
    private string? _uniqueId;
    private JsonSlice? _firstName;
    private JsonSlice? _lastName;
    private JsonSlice? _extra;
    private IReadOnlyList<Property>? _location;
    private IReadOnlyList<Property>? _customFields;
    private IReadOnlyList<Property>? _data;

    public NormalizedReader(ReadOnlyMemory<byte> source)
    {
        _source = source;
        _reader = new Utf8JsonReader(source.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    public NormalizedEvent? Read(out string? problem)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
            Fail("the record", "an object");
        while (_problem is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            ReadMember();
        // Nothing may stand behind the object: the reader throws where something does.
        if (_problem is null)
            _reader.Read();
        problem = _problem ?? Missing();
        return problem is null ? Make() : null;
    }

    private void ReadMember()
    {
        if (NextIs("version"u8))
            ReadVersion();
        else if (NextIs("eventId"u8))
            _eventId = Id("eventId");
        else if (NextIs("storeId"u8))
            _storeId = Frequent("storeId");
        else if (NextIs("customerId"u8))
            _customerId = Customer();
        else if (NextIs("receivedAt"u8))
            _receivedAt = Date("receivedAt");
        else if (NextIs("source"u8))
            ReadSource();
        else if (NextIs("identifierAdded"u8))
            _identifierAdded = _reader.TokenType == JsonTokenType.True;
        else if (NextIs("eventName"u8))
            _eventName = Frequent("eventName");
        else if (NextIs("eventTimestamp"u8))
            _timestamp = Date("eventTimestamp");
        else if (NextIs("value"u8))
            ReadValue();
        else if (NextIs("valueCurrency"u8))
            _currency = Frequent("valueCurrency");
        else if (NextIs("uniqueId"u8))
            _uniqueId = Text("uniqueId");
        else if (NextIs("firstName"u8))
            _firstName = StringSlice("firstName");
        else if (NextIs("lastName"u8))
            _lastName = StringSlice("lastName");
        else if (NextIs("location"u8))
            _location = Properties("location", numbersAreDoubles: true, areContainersAllowed: false);
        else if (NextIs("customFields"u8))
            _customFields = Properties("customFields", numbersAreDoubles: false, areContainersAllowed: false);
        else if (NextIs("data"u8))
            _data = Properties("data", numbersAreDoubles: false, areContainersAllowed: true);
        else if (NextIs("extra"u8))
            ReadExtra();
        else
            SkipMember();
    }

    private void ReadSource()
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            Fail("source", "an object");
            return;
        }
        while (_problem is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (NextIs("producer"u8))
                _producer = Frequent("producer");
            else if (NextIs("topic"u8))
                _topic = Frequent("topic");
            else if (NextIs("topicId"u8))
                _topicId = Id("topicId");
            else if (NextIs("partition"u8))
                _partition = Integer("partition");
            else if (NextIs("offset"u8))
                _offset = Integer("offset");
            else
                SkipMember();
        }
    }

    private Property[]? Properties(string name, bool numbersAreDoubles, bool areContainersAllowed)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            Fail(name, "an object");
            return null;
        }
        var properties = t_properties ??= [];
        properties.Clear();
        while (_problem is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = Slice(isName: true);
            _reader.Read();
            properties.Add(ReadProperty(name, key, numbersAreDoubles));
            if (properties[^1].Kind == PropertyKind.Json && !areContainersAllowed)
                _problem ??= $"{name} has an object or array, which a profile cannot hold.";
        }
        var result = properties.ToArray();
        // What a normalizer wrote has a thousand at most; of anything larger nothing is kept.
        if (properties.Capacity > MaxKeptProperties)
            t_properties = null;
        return result;
    }

    private Property ReadProperty(string name, JsonSlice key, bool numbersAreDoubles)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                return Property.OfText(key, PropertyKind.String, Slice(isName: false));
            case JsonTokenType.True or JsonTokenType.False:
                return Property.OfBits(key, PropertyKind.Boolean, _reader.TokenType == JsonTokenType.True ? 1 : 0);
            case JsonTokenType.Number when !numbersAreDoubles && _reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0:
                if (_reader.TryGetInt64(out var integer))
                    return Property.OfBits(key, PropertyKind.Integer, integer);
                break;
            case JsonTokenType.Number:
                if (_reader.TryGetDouble(out var number) && double.IsFinite(number))
                    return Property.OfBits(key, PropertyKind.Double, BitConverter.DoubleToInt64Bits(number));
                break;
            case JsonTokenType.StartObject:
                return ReadWrapped(name, key);
        }
        Fail(name, "strings, numbers, booleans, {\"date\": …} and {\"json\": …}");
        return default;
    }

    private Property ReadWrapped(string name, JsonSlice key)
    {
        Property? property = null;
        while (_problem is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (NextIs("date"u8))
                property = Property.OfBits(key, PropertyKind.Date, Date(name)?.Ticks ?? 0);
            else if (NextIs("json"u8))
                property = Property.OfText(key, PropertyKind.Json, ContainerSlice(name));
            else
                SkipMember();
        }
        if (property is null)
            Fail(name, "{\"date\": …} or {\"json\": …} as an object's only member");
        return property.GetValueOrDefault();
    }

    private void ReadVersion()
    {
        if (Integer("version") is not { } version)
            return;
        if (version < 1 || version is not (NormalizedEvent.Version or NormalizedEvent.Version - 1))
            _problem = $"The record has version {version}; this reads {NormalizedEvent.Version} and the one before.";
        _version = (int)version;
    }

    private void ReadValue()
    {
        if (_reader.TokenType == JsonTokenType.Number && ExactDecimal.TryParse(_reader.ValueSpan, out var value))
            _value = value;
        else
            Fail("value", "a number of at most 34 digits");
    }

    private void ReadExtra()
    {
        if (_reader.TokenType == JsonTokenType.StartObject)
            _extra = ContainerSlice("extra");
        else
            Fail("extra", "an object");
    }

    /// <summary>An object or array, in which a store, once it has begun to write, has to find nothing that it cannot store.</summary>
    private JsonSlice ContainerSlice(string name)
    {
        var start = (int)_reader.TokenStartIndex;
        var depth = _reader.CurrentDepth;
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            Fail(name, "an object or array");
            return default;
        }

        do
        {
            if (_reader.CurrentDepth - depth > Limits.MaxDepth)
                _problem ??= $"{name} is deeper than {Limits.MaxDepth} levels.";
            else if (_reader.TokenType == JsonTokenType.Number && !JsonNumber.TryReadExact(_reader.ValueSpan, out _, out _, out _))
                _problem ??= $"{name} has a number that cannot be stored.";
            else if (_reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                CheckText(_reader.TokenType == JsonTokenType.PropertyName);
        }
        while (!(_reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && _reader.CurrentDepth == depth) && _reader.Read());
        return new JsonSlice(start, (int)_reader.BytesConsumed - start, false);
    }

    private void CheckText(bool isName)
    {
        if (!_reader.ValueIsEscaped)
            return;
        var text = ArrayPool<byte>.Shared.Rent(_reader.ValueSpan.Length);
        // Throws where it is no Unicode.
        var length = _reader.CopyString(text);
        if (isName && text.AsSpan(0, length).Contains((byte)0))
            _problem ??= "The record has a name with NUL.";
        ArrayPool<byte>.Shared.Return(text);
    }

    private JsonSlice Slice(bool isName)
    {
        CheckText(isName);
        return new((int)_reader.TokenStartIndex + 1, _reader.ValueSpan.Length, _reader.ValueIsEscaped);
    }

    private JsonSlice? StringSlice(string name)
    {
        if (_reader.TokenType == JsonTokenType.String)
            return Slice(isName: false);
        Fail(name, "a string");
        return null;
    }

    private string? Text(string name) => StringSlice(name)?.ToText(_source);

    private string? Frequent(string name) => StringSlice(name)?.ToFrequentText(_source);

    private long? Integer(string name)
    {
        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out var value))
            return value;
        Fail(name, "an integer");
        return null;
    }

    private DateTime? Date(string name)
    {
        if (Integer(name) is not { } milliseconds)
            return null;
        if (UnixTime.TryToUtc(milliseconds, out var utc))
            return utc;
        Fail(name, "milliseconds since 1970, of a date in the years 1 to 9999");
        return null;
    }

    private Guid? Id(string name)
    {
        if (_reader.TokenType == JsonTokenType.String && EventIds.TryParse(_reader.ValueSpan, out var id))
            return id;
        Fail(name, "a UUID");
        return null;
    }

    private CustomerId? Customer()
    {
        if (_reader.TokenType == JsonTokenType.String && CustomerId.TryParse(_reader.ValueSpan, out var id))
            return id;
        Fail("customerId", "24 hexadecimal digits");
        return null;
    }

    private bool NextIs(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name) && _reader.Read();

    private void SkipMember()
    {
        _reader.Read();
        _reader.Skip();
    }

    private void Fail(string name, string expected) => _problem ??= $"Expected {expected} for {name}, found {_reader.TokenType}.";

    private readonly string? Missing()
    {
        var missing = _version is null ? "version"
            : _eventId is null ? "eventId"
            : _storeId is null ? "storeId"
            : _customerId is null ? "customerId"
            : _receivedAt is null ? "receivedAt"
            : _producer is null || _topic is null || _topicId is null || _partition is null or < 0 or > int.MaxValue || _offset is null
                ? "source"
            : _eventName is null ? "eventName"
            : null;
        return missing is null ? null : $"The record has no {missing}, or one that is not whole.";
    }

    private readonly NormalizedEvent Make() => new()
    {
        EventId = _eventId!.Value,
        StoreId = _storeId!,
        CustomerId = _customerId!.Value,
        ReceivedAt = _receivedAt!.Value,
        Producer = _producer!,
        Topic = _topic!,
        Position = new Position(_topicId!.Value, (int)_partition!.Value, _offset!.Value),
        IdentifierAdded = _identifierAdded,
        Event = new CustomEvent
        {
            Source = _source,
            EventName = _eventName!,
            FirstName = _firstName,
            LastName = _lastName,
            Location = _location ?? [],
            CustomFields = _customFields ?? [],
            Data = _data ?? [],
            Extra = _extra,
            Timestamp = _timestamp,
            Value = _value,
            ValueCurrency = _currency,
            UniqueId = _uniqueId,
        },
    };
}
