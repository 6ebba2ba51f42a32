namespace CustomEvents.Events;

/// <summary>Which fields of a profile a run of events set: the union over the run, read from the profile as it is after it.</summary>
public sealed class ProfileChanges
{
    /// <summary>Whether anything was set.</summary>
    public bool Any => FirstName || LastName || Location.Count > 0 || CustomFields.Count > 0;

    /// <summary>The first name was set.</summary>
    public bool FirstName { get; set; }

    /// <summary>The last name was set.</summary>
    public bool LastName { get; set; }

    /// <summary>Fields of <c>location</c> that were set.</summary>
    public HashSet<string> Location { get; } = new(StringComparer.Ordinal);

    /// <summary>Custom fields that were set.</summary>
    public HashSet<string> CustomFields { get; } = new(StringComparer.Ordinal);
}
