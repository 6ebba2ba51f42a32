namespace CustomEvents.IngestApi.Requests;

/// <summary>The form that the contract asks of values which come back in answers or name something: visible ASCII, U+0021 to U+007E.</summary>
internal static class VisibleAscii
{
    /// <summary>Whether the text is 1 to <paramref name="maxLength"/> such characters.</summary>
    public static bool IsValid(ReadOnlySpan<char> text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && !text.ContainsAnyExceptInRange('!', '~');
}
