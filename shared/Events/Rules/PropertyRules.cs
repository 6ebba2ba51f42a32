using System.Text.Json;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events.Rules;

/// <summary>What <c>data</c> and <c>customFields</c> have in common: keys, and the types of their values (contract sections 5 and 6).</summary>
internal static class PropertyRules
{
    /// <summary>Tells what is wrong with the key at which the scan stands.</summary>
    public static void CheckKey(ref EventScan scan)
    {
        if (scan.NameIsWrong)
            return;
        // A key of few bytes has few characters: most keys need no counting.
        var isLong = scan.Name.Length > Limits.MaxNameLength && Utf8Text.Length(scan.Name) > Limits.MaxNameLength;
        if (isLong || scan.Name.IsEmpty)
            scan.Error(ErrorCode.InvalidLength, $"A key has 1 to {Limits.MaxNameLength} characters; this one has {Utf8Text.Length(scan.Name)}.");
    }

    /// <summary>Tells where an object has more keys than it may.</summary>
    public static void CheckCount(ref EventScan scan, int count)
    {
        if (count > Limits.MaxProperties)
            scan.Error(ErrorCode.TooManyProperties, $"At most {Limits.MaxProperties} keys are allowed here; found {count}.");
    }

    /// <summary>Reads a string, number or boolean; false where it is wrong, which has been told.</summary>
    public static bool TryReadScalar(ref EventScan scan, JsonSlice key, out Property property)
    {
        property = default;
        switch (scan.Reader.TokenType)
        {
            case JsonTokenType.String:
                return TryReadString(ref scan, key, out property);
            case JsonTokenType.Number:
                if (!JsonNumber.TryRead(scan.Reader.ValueSpan, out var kind, out var bits))
                {
                    scan.Error(ErrorCode.OutOfRange, $"A number must fit a 64-bit integer or a double; {scan.Found()} does not.");
                    return false;
                }
                property = Property.OfBits(key, kind, bits);
                return true;
            default:
                property = Property.OfBits(key, PropertyKind.Boolean, scan.Reader.TokenType == JsonTokenType.True ? 1 : 0);
                return true;
        }
    }

    private static bool TryReadString(ref EventScan scan, JsonSlice key, out Property property)
    {
        property = default;
        if (!scan.TryBoundedText(out var text))
            return false;
        property = Rfc3339.TryParse(text, out var date)
            ? Property.OfBits(key, PropertyKind.Date, date.Ticks)
            : Property.OfText(key, PropertyKind.String, scan.StringSlice());
        return true;
    }
}
