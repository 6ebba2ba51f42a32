namespace CustomEvents.Events;

/// <summary>
/// What is known of a customer beside the identifiers, and how an event patches it: field by field, what is absent
/// stays (contract section 6, "Profile"). Mutable; the values are copies, so that no event's bytes are kept alive.
/// </summary>
public sealed class CustomerProfile
{
    /// <summary>The first name; null where none is known.</summary>
    public string? FirstName { get; set; }

    /// <summary>The last name; null where none is known.</summary>
    public string? LastName { get; set; }

    /// <summary>The fields of <c>location</c> that are known: strings, and doubles for <c>latitude</c> and <c>longitude</c>.</summary>
    public OrderedDictionary<string, ProfileValue> Location { get; } = new(StringComparer.Ordinal);

    /// <summary>Custom fields, at most <see cref="Limits.MaxProfileCustomFields"/>.</summary>
    public OrderedDictionary<string, ProfileValue> CustomFields { get; } = new(StringComparer.Ordinal);

    /// <summary>When the customer was made: the <c>receivedAt</c> of the event that made it. UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>The <c>receivedAt</c> of the last event that changed something. UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>
    /// Applies one event's patch. True, and <see cref="UpdatedAt"/> moved, where it changed anything; <paramref name="changed"/>
    /// takes what was set, for stores that write fields one by one. An identifier that the event added is a change
    /// (<see cref="NormalizedEvent.IdentifierAdded"/>).
    /// </summary>
    public bool Apply(CustomEvent patch, bool identifierAdded, DateTime receivedAt, ProfileChanges changed) => throw new NotImplementedException();
}
