namespace CustomEvents.Events.Rules;

/// <summary>The form of E.164 (contract section 5): <c>+</c>, then 2 to 15 digits, the first not 0.</summary>
internal static class PhoneNumber
{
    public static bool IsValid(ReadOnlySpan<byte> text) =>
        text.Length is >= 3 and <= 16 && text[0] == '+' && text[1] != '0' && !text[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
