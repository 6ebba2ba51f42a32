namespace CustomEvents.Events;

/// <summary>The text form of <see cref="ErrorCode"/>, contract section 12: lower snake case.</summary>
public static class ErrorCodes
{
    private static readonly Dictionary<string, ErrorCode> ByText =
        Enum.GetValues<ErrorCode>().ToDictionary(ToText, StringComparer.Ordinal);

    /// <summary>The code as it stands in answers and on rejections, such as <c>invalid_json</c>.</summary>
    public static string ToText(this ErrorCode code) => code switch
    {
        ErrorCode.InvalidJson => "invalid_json",
        ErrorCode.InvalidEncoding => "invalid_encoding",
        ErrorCode.DuplicateMember => "duplicate_member",
        ErrorCode.TooDeep => "too_deep",
        ErrorCode.TooLarge => "too_large",
        ErrorCode.StringTooLong => "string_too_long",
        ErrorCode.TooManyProperties => "too_many_properties",
        ErrorCode.TooManyEvents => "too_many_events",
        ErrorCode.NoEvents => "no_events",
        ErrorCode.Required => "required",
        ErrorCode.InvalidType => "invalid_type",
        ErrorCode.InvalidFormat => "invalid_format",
        ErrorCode.InvalidLength => "invalid_length",
        ErrorCode.OutOfRange => "out_of_range",
        ErrorCode.UnknownMember => "unknown_member",
        ErrorCode.IdentityMissing => "identity_missing",
        ErrorCode.UnknownCurrency => "unknown_currency",
        ErrorCode.UnknownTimeZone => "unknown_time_zone",
        ErrorCode.UnknownStore => "unknown_store",
        ErrorCode.MissingKey => "missing_key",
        ErrorCode.EventIdConflict => "event_id_conflict",
        ErrorCode.Unprocessable => "unprocessable",
    };

    /// <summary>Reads the text form; false for any other text.</summary>
    public static bool TryParse(string text, out ErrorCode code) => ByText.TryGetValue(text, out code);
}
