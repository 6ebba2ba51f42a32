using System.Globalization;
using System.Text;

namespace CustomEvents.Operator.Output;

/// <summary>
/// Text that came from whoever sends events, as it may stand in an operator's terminal: what would command the terminal, or turn the order of what
/// is read, is shown as its escape.
/// </summary>
internal static class TerminalText
{
    /// <summary>The text, its control and format characters as <c>\uXXXX</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepLines">Whether line feeds and tabs stay as they are.</param>
    public static string Of(string text, bool keepLines)
    {
        if (!text.Any(c => MustEscape(c, keepLines)))
            return text;
        var shown = new StringBuilder(text.Length + 32);
        foreach (var c in text)
        {
            if (MustEscape(c, keepLines))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }

        return shown.ToString();
    }

    private static bool MustEscape(char c, bool keepLines) => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.Control => !keepLines || c is not ('\n' or '\t'),
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        _ => false,
    };
}
