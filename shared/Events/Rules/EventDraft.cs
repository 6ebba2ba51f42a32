namespace CustomEvents.Events.Rules;

/// <summary>What has been read of an event so far; kept from event to event, so that only the result is allocated.</summary>
internal sealed class EventDraft
{
    public string? EventName { get; set; }

    public CustomerId? CustomerId { get; set; }

    public string? Email { get; set; }

    public string? PhoneNumber { get; set; }

    public JsonSlice? FirstName { get; set; }

    public JsonSlice? LastName { get; set; }

    public List<Property> Location { get; } = [];

    public List<Property> CustomFields { get; } = [];

    public List<Property> Data { get; } = [];

    public JsonSlice? Extra { get; set; }

    public DateTime? Timestamp { get; set; }

    public ExactDecimal? Value { get; set; }

    public string? ValueCurrency { get; set; }

    public string? UniqueId { get; set; }

    public void Clear()
    {
        EventName = Email = PhoneNumber = ValueCurrency = UniqueId = null;
        CustomerId = null;
        FirstName = LastName = Extra = null;
        Timestamp = null;
        Value = null;
        Location.Clear();
        CustomFields.Clear();
        Data.Clear();
    }

    public CustomEvent ToEvent(ReadOnlyMemory<byte> source) => new()
    {
        Source = source,
        EventName = EventName!,
        Customer = new CustomerIdentity(CustomerId, Email, PhoneNumber),
        FirstName = FirstName,
        LastName = LastName,
        Location = Copy(Location),
        CustomFields = Copy(CustomFields),
        Data = Copy(Data),
        Extra = Extra,
        Timestamp = Timestamp,
        Value = Value,
        ValueCurrency = ValueCurrency,
        UniqueId = UniqueId,
    };

    private static Property[] Copy(List<Property> properties) => properties.Count == 0 ? [] : properties.ToArray();
}
