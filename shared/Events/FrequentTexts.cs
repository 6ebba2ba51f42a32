using System.Text;

namespace CustomEvents.Events;

/// <summary>
/// Short texts that come again and again, such as the names of stores, events and properties: mostly one string for all that say the same. It has 4,096 places, and a
/// newcomer takes the place of what was there; what is longer than 64 bytes, or characters, is not shared. Safe to be called from several threads.
/// </summary>
public static class FrequentTexts
{
    private const int MaxLength = 64;
    private static readonly string?[] Texts = new string?[4_096];

    /// <summary>The text of some UTF-8, which is known to be valid.</summary>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            return Encoding.UTF8.GetString(utf8);
        Span<char> characters = stackalloc char[MaxLength];
        return Of(characters[..Encoding.UTF8.GetChars(utf8, characters)]);
    }

    /// <summary>A text that was read already, of which there may be another string.</summary>
    public static string Of(string text) => text.Length > MaxLength ? text : Of(text, text);

    private static string Of(ReadOnlySpan<char> text, string? made = null)
    {
        // Of a hash that no sender can foresee, so that nobody can crowd others out.
        ref var place = ref Texts[string.GetHashCode(text) & (Texts.Length - 1)];
        if (Volatile.Read(ref place) is { } known && text.SequenceEqual(known))
            return known;
        made ??= text.ToString();
        Volatile.Write(ref place, made);
        return made;
    }
}
