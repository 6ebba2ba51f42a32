using System.Text.Json;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events.Rules;

/// <summary><c>customer.location</c>, contract section 5.</summary>
internal static class LocationRules
{
    private const double MaxLatitude = 90;
    private const double MaxLongitude = 180;

    public static void Read(ref EventScan scan, EventDraft draft)
    {
        if (scan.IsNull || !scan.Expect(JsonTokenType.StartObject, "an object"))
            return;
        var owner = scan.Enter();
        while (scan.NextMember(owner))
        {
            switch (scan.Name)
            {
                case var name when name.SequenceEqual("street1"u8) || name.SequenceEqual("street2"u8) || name.SequenceEqual("city"u8)
                    || name.SequenceEqual("state"u8) || name.SequenceEqual("stateCode"u8) || name.SequenceEqual("postalCode"u8)
                    || name.SequenceEqual("country"u8):
                    ReadText(ref scan, draft);
                    break;
                case var name when name.SequenceEqual("countryCode"u8):
                    ReadCountryCode(ref scan, draft);
                    break;
                case var name when name.SequenceEqual("ianaTimeZoneName"u8):
                    ReadTimeZone(ref scan, draft);
                    break;
                case var name when name.SequenceEqual("latitude"u8):
                    ReadAngle(ref scan, draft, MaxLatitude);
                    break;
                case var name when name.SequenceEqual("longitude"u8):
                    ReadAngle(ref scan, draft, MaxLongitude);
                    break;
                default:
                    scan.Error(ErrorCode.UnknownMember,
                        "A location has street1, street2, city, state, stateCode, postalCode, country, countryCode, latitude, longitude and "
                        + $"ianaTimeZoneName; found {Utf8Text.Echo(scan.Name)}.");
                    scan.Walk(isStored: false);
                    break;
            }
        }
    }

    private static void ReadText(ref EventScan scan, EventDraft draft)
    {
        if (TryReadText(ref scan, out var text) && scan.IsBounded(text))
            Add(ref scan, draft);
    }

    private static void ReadCountryCode(ref EventScan scan, EventDraft draft)
    {
        if (!TryReadText(ref scan, out var text))
            return;
        if (text.Length == 2 && char.IsAsciiLetter((char)text[0]) && char.IsAsciiLetter((char)text[1]))
            Add(ref scan, draft);
        else
            scan.Error(ErrorCode.InvalidFormat, $"A country's code has two letters; found {Utf8Text.Echo(text)}.");
    }

    private static void ReadTimeZone(ref EventScan scan, EventDraft draft)
    {
        if (!TryReadText(ref scan, out var text))
            return;
        if (TimeZones.IsKnown(text))
            Add(ref scan, draft);
        else
            scan.Error(ErrorCode.UnknownTimeZone,
                $"Expected a name of the IANA time zone database, such as Europe/Berlin; found {Utf8Text.Echo(text)}.");
    }

    private static void ReadAngle(ref EventScan scan, EventDraft draft, double limit)
    {
        if (scan.IsNull || !scan.Expect(JsonTokenType.Number, "a number"))
            return;
        if (JsonNumber.TryReadDouble(scan.Reader.ValueSpan, out var angle) && angle >= -limit && angle <= limit)
            draft.Location.Add(Property.OfBits(scan.NameSlice, PropertyKind.Double, BitConverter.DoubleToInt64Bits(angle)));
        else
            scan.Error(ErrorCode.OutOfRange, $"Expected a number of degrees from {-limit} to {limit}; found {scan.Found()}.");
    }

    // False where there is nothing to set: null, empty, or wrong and told.
    private static bool TryReadText(ref EventScan scan, out ReadOnlySpan<byte> text)
    {
        text = default;
        return !scan.IsNull && scan.Expect(JsonTokenType.String, "a string") && scan.TryText(out text) && !text.IsEmpty;
    }

    private static void Add(ref EventScan scan, EventDraft draft) =>
        draft.Location.Add(Property.OfText(scan.NameSlice, PropertyKind.String, scan.StringSlice()));
}
