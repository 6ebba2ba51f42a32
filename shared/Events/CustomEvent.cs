namespace CustomEvents.Events;

/// <summary>
/// A valid event with its values typed, contract sections 5 and 6: what <see cref="EventParser"/> makes of a
/// producer's JSON, and what the normalized record carries. It refers to the bytes it was read from.
/// </summary>
public sealed class CustomEvent
{
    /// <summary>The bytes that the slices point into.</summary>
    public required ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>The event's name, trimmed.</summary>
    public required string EventName { get; init; }

    /// <summary>Who the customer is said to be. Empty on a normalized event, where it has been resolved.</summary>
    public CustomerIdentity Customer { get; init; }

    /// <summary><c>customer.firstName</c>; null where absent, null or empty.</summary>
    public JsonSlice? FirstName { get; init; }

    /// <summary><c>customer.lastName</c>; null where absent, null or empty.</summary>
    public JsonSlice? LastName { get; init; }

    /// <summary><c>customer.location</c>: strings, and doubles for <c>latitude</c> and <c>longitude</c>; without absent, null and empty ones.</summary>
    public IReadOnlyList<Property> Location { get; init; } = [];

    /// <summary><c>customer.customFields</c> in their order, without null ones.</summary>
    public IReadOnlyList<Property> CustomFields { get; init; } = [];

    /// <summary><c>data</c> in its order, without <c>$extra</c> and without ignored values.</summary>
    public IReadOnlyList<Property> Data { get; init; } = [];

    /// <summary><c>data.$extra</c>, an object's JSON; null where absent.</summary>
    public JsonSlice? Extra { get; init; }

    /// <summary><c>eventTimestamp</c> in UTC, to the millisecond; null where absent, which means: when it was received.</summary>
    public DateTime? Timestamp { get; init; }

    /// <summary><c>value</c>, exact.</summary>
    public ExactDecimal? Value { get; init; }

    /// <summary><c>valueCurrency</c> in upper case.</summary>
    public string? ValueCurrency { get; init; }

    /// <summary><c>uniqueId</c> to the letter.</summary>
    public string? UniqueId { get; init; }
}
