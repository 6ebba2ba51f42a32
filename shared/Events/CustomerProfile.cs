using System.Text;

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
    public bool Apply(CustomEvent patch, bool identifierAdded, DateTime receivedAt, ProfileChanges changed)
    {
        var source = patch.Source;
        var any = identifierAdded;
        if (patch.FirstName is { } firstName && !Is(FirstName, firstName, source))
        {
            FirstName = firstName.ToText(source);
            any = changed.FirstName = true;
        }
        if (patch.LastName is { } lastName && !Is(LastName, lastName, source))
        {
            LastName = lastName.ToText(source);
            any = changed.LastName = true;
        }
        any |= Apply(patch.Location, source, Location, changed.Location, int.MaxValue);
        any |= Apply(patch.CustomFields, source, CustomFields, changed.CustomFields, Limits.MaxProfileCustomFields);
        if (any)
            UpdatedAt = receivedAt;
        return any;
    }

    /// <summary>A profile of its own with the same content.</summary>
    public CustomerProfile Copy()
    {
        var copy = new CustomerProfile { FirstName = FirstName, LastName = LastName, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt };
        foreach (var (key, value) in Location)
            copy.Location.Add(key, value);
        foreach (var (key, value) in CustomFields)
            copy.CustomFields.Add(key, value);
        return copy;
    }

    /// <summary>
    /// How many bytes the profile's own fields take as BSON, without the identifiers. Counted anew each time: it costs
    /// as much as the profile has text.
    /// </summary>
    public long EstimatedBytes =>
        BytesOf(nameof(FirstName), FirstName) + BytesOf(nameof(LastName), LastName)
        + BytesOf(nameof(Location), Location) + BytesOf(nameof(CustomFields), CustomFields)
        + (2 * (nameof(CreatedAt).Length + BytesBesideKey + BytesOfScalar));

    // A type, and the zero behind a key.
    private const int BytesBesideKey = 2;

    private const int BytesOfScalar = 8;

    // The length before a string or document, and the zero behind it.
    private const int BytesBesideText = 5;

    private static bool Apply(
        IReadOnlyList<Property> patch, ReadOnlyMemory<byte> source, OrderedDictionary<string, ProfileValue> fields,
        HashSet<string> changed, int limit)
    {
        var any = false;
        for (var i = 0; i < patch.Count; i++)
        {
            var property = patch[i];
            var key = property.Key.ToFrequentText(source);
            var isKnown = fields.TryGetValue(key, out var before);
            if (isKnown ? Is(before, property, source) : fields.Count >= limit)
                continue;
            fields[key] = property.Kind == PropertyKind.String
                ? ProfileValue.Of(property.Text.ToText(source))
                : new ProfileValue(property.Kind, null, property.Bits);
            changed.Add(key);
            any = true;
        }
        return any;
    }

    private static bool Is(in ProfileValue value, in Property property, ReadOnlyMemory<byte> source) =>
        value.Kind == property.Kind
        && (value.Kind == PropertyKind.String ? Is(value.Text, property.Text, source) : value.Bits == property.Bits);

    private static bool Is(string? text, JsonSlice slice, ReadOnlyMemory<byte> source) =>
        text is not null && slice.TextEquals(source, text);

    private static long BytesOf(string name, string? text) =>
        text is null ? 0 : name.Length + BytesBesideKey + BytesBesideText + (long)Encoding.UTF8.GetByteCount(text);

    private static long BytesOf(string name, OrderedDictionary<string, ProfileValue> fields)
    {
        if (fields.Count == 0)
            return 0;
        long bytes = name.Length + BytesBesideKey + BytesBesideText;
        foreach (var (key, value) in fields)
        {
            bytes += Encoding.UTF8.GetByteCount(key) + BytesBesideKey
                + (value.Text is { } text ? BytesBesideText + Encoding.UTF8.GetByteCount(text) : BytesOfScalar);
        }
        return bytes;
    }
}
