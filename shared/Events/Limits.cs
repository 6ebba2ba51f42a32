namespace CustomEvents.Events;

/// <summary>The limits of contract sections 5 and 7. Sizes are in bytes, lengths in Unicode code points.</summary>
public static class Limits
{
    /// <summary>One event's JSON, alone or in a bulk request: 5 MB.</summary>
    public const int MaxEventBytes = 5 * 1024 * 1024;

    /// <summary>A bulk body, blanks included: 20 MB.</summary>
    public const int MaxBulkBytes = 20 * 1024 * 1024;

    /// <summary>Events in a bulk request.</summary>
    public const int MaxBulkEvents = 100;

    /// <summary>Any string value: 100 KB of UTF-8.</summary>
    public const int MaxStringBytes = 100 * 1024;

    /// <summary>Members of <c>data</c> beside <c>$extra</c>, and of one event's <c>customFields</c>.</summary>
    public const int MaxProperties = 400;

    /// <summary>Code points of a key in <c>data</c> or <c>customFields</c>, of <c>eventName</c> and of <c>uniqueId</c>.</summary>
    public const int MaxNameLength = 255;

    /// <summary>Nesting of objects and arrays in an event, the event itself being 1.</summary>
    public const int MaxDepth = 64;

    /// <summary>Members and array elements in one event, at all depths.</summary>
    public const int MaxValues = 200_000;

    /// <summary>Custom fields that one profile holds; further new ones are left out.</summary>
    public const int MaxProfileCustomFields = 1_000;

    /// <summary>What one profile may take as BSON (<see cref="CustomerProfile.EstimatedBytes"/>): below MongoDB's 16 MiB for a document, with room for the identifiers.</summary>
    public const int MaxProfileBytes = 15 * 1024 * 1024;

    /// <summary>Errors that are told of one event or request.</summary>
    public const int MaxErrors = 100;

    /// <summary>Bytes of a segmentable string that the index holds, cut between characters.</summary>
    public const int MaxIndexedStringBytes = 1_024;

    /// <summary>Properties that the catalog lists for one event name.</summary>
    public const int MaxCatalogProperties = 2_000;

    /// <summary>How much of the input a detail echoes, in characters.</summary>
    public const int MaxEcho = 64;
}
