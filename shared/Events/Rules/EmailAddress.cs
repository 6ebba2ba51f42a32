namespace CustomEvents.Events.Rules;

/// <summary>
/// An address as HTML's <c>input type=email</c> takes it (contract section 5): the WHATWG's pattern
/// <c>[a-zA-Z0-9.!#$%&amp;'*+\/=?^_`{|}~-]+@label(\.label)*</c>, a label having 1 to 63 letters, digits and inner hyphens.
/// </summary>
internal static class EmailAddress
{
    public const int MaxLength = 254;

    private const int MaxLabelLength = 63;

    private static readonly System.Buffers.SearchValues<byte> LocalPart = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-"u8);

    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf((byte)'@');
        if (at < 1 || text[..at].ContainsAnyExcept(LocalPart))
            return false;
        var domain = text[(at + 1)..];
        while (true)
        {
            var dot = domain.IndexOf((byte)'.');
            if (!IsLabel(dot < 0 ? domain : domain[..dot]))
                return false;
            if (dot < 0)
                return true;
            domain = domain[(dot + 1)..];
        }
    }

    private static bool IsLabel(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var unit in label)
        {
            if (!char.IsAsciiLetterOrDigit((char)unit) && unit != '-')
                return false;
        }
        return true;
    }
}
