namespace CustomEvents.Events;

/// <summary>What a value of <c>data</c>, <c>customFields</c> or <c>location</c> is after the rules of contract section 6.</summary>
public enum PropertyKind : byte
{
    /// <summary>A string.</summary>
    String,

    /// <summary>A number whose value is a 64-bit integer.</summary>
    Integer,

    /// <summary>Any other number, a double.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A date, in UTC, to the millisecond.</summary>
    Date,

    /// <summary>An object or array: stored by the rules of <c>$extra</c>, not segmentable.</summary>
    Json,
}
