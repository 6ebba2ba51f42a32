namespace CustomEvents.Events;

/// <summary>
/// Why an event, or a whole request, is refused: the closed set of contract section 12. The same codes stand in the
/// API's answers, in bulk results and on rejections; their text form (<see cref="ErrorCodes.ToText"/>) never changes.
/// </summary>
public enum ErrorCode
{
    /// <summary>The bytes are not one JSON value, or there are none.</summary>
    InvalidJson,

    /// <summary>The bytes are not UTF-8, a string holds an unpaired surrogate, or compression is broken.</summary>
    InvalidEncoding,

    /// <summary>A member name stands twice in one object.</summary>
    DuplicateMember,

    /// <summary>Objects and arrays are nested deeper than <see cref="Limits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>The event has more than <see cref="Limits.MaxEventBytes"/>, or cannot be stored because of its size.</summary>
    TooLarge,

    /// <summary>A string value has more than <see cref="Limits.MaxStringBytes"/>.</summary>
    StringTooLong,

    /// <summary>Too many members: of <c>data</c>, of <c>customFields</c>, or values in the whole event.</summary>
    TooManyProperties,

    /// <summary>A bulk request has more than <see cref="Limits.MaxBulkEvents"/> events.</summary>
    TooManyEvents,

    /// <summary>A bulk request has an empty array of events.</summary>
    NoEvents,

    /// <summary>A required member is absent or <c>null</c>.</summary>
    Required,

    /// <summary>A value is of another JSON type than the rule allows.</summary>
    InvalidType,

    /// <summary>A value has not the form that the rule asks for.</summary>
    InvalidFormat,

    /// <summary>A string or a key is too short or too long.</summary>
    InvalidLength,

    /// <summary>A number is outside its range, or its type cannot hold it.</summary>
    OutOfRange,

    /// <summary>A member that is not known stands where unknown members are refused.</summary>
    UnknownMember,

    /// <summary>The customer has none of <c>id</c>, <c>email</c> and <c>phoneNumber</c>.</summary>
    IdentityMissing,

    /// <summary>The currency is not an alphabetic code of ISO 4217's list one.</summary>
    UnknownCurrency,

    /// <summary>The time zone is not a name of the IANA database.</summary>
    UnknownTimeZone,

    /// <summary>A direct producer named a store that does not exist.</summary>
    UnknownStore,

    /// <summary>A direct producer's record has no key.</summary>
    MissingKey,

    /// <summary>The <c>event-id</c> was already used by another store.</summary>
    EventIdConflict,

    /// <summary>A record that only fails by itself, for a reason that no other code names; the detail tells it.</summary>
    Unprocessable,
}
