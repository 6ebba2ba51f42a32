using System.Text;
using System.Text.Json;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events.Rules;

/// <summary><c>customer</c>: its identifiers, names and custom fields, contract section 5.</summary>
internal static class CustomerRules
{

    public static void Read(ref EventScan scan, EventDraft draft)
    {
        if (!scan.Expect(JsonTokenType.StartObject, "an object"))
            return;
        var isIdentified = false;
        var owner = scan.Enter();
        while (scan.NextMember(owner))
        {
            switch (scan.Name)
            {
                case var name when name.SequenceEqual("id"u8):
                    isIdentified |= !scan.IsNull;
                    ReadId(ref scan, draft);
                    break;
                case var name when name.SequenceEqual("email"u8):
                    isIdentified |= !scan.IsNull;
                    ReadEmail(ref scan, draft);
                    break;
                case var name when name.SequenceEqual("phoneNumber"u8):
                    isIdentified |= !scan.IsNull;
                    ReadPhoneNumber(ref scan, draft);
                    break;
                case var name when name.SequenceEqual("firstName"u8):
                    draft.FirstName = ReadName(ref scan);
                    break;
                case var name when name.SequenceEqual("lastName"u8):
                    draft.LastName = ReadName(ref scan);
                    break;
                case var name when name.SequenceEqual("location"u8):
                    LocationRules.Read(ref scan, draft);
                    break;
                case var name when name.SequenceEqual("customFields"u8):
                    ReadCustomFields(ref scan, draft);
                    break;
                default:
                    scan.Error(ErrorCode.UnknownMember,
                        "A customer has id, email, phoneNumber, firstName, lastName, location and customFields; found "
                        + Utf8Text.Echo(scan.Name) + ".");
                    scan.Walk(isStored: false);
                    break;
            }
        }
        if (!isIdentified)
            scan.Error(ErrorCode.IdentityMissing, "A customer needs an id, an email or a phoneNumber; found none of them.");
    }

    private static void ReadId(ref EventScan scan, EventDraft draft)
    {
        if (!TryReadText(ref scan, out var text))
            return;
        if (CustomerId.TryParse(text, out var id))
            draft.CustomerId = id;
        else
            scan.Error(ErrorCode.InvalidFormat, $"A customer's id has 24 hexadecimal digits; found {Utf8Text.Echo(text)}.");
    }

    private static void ReadEmail(ref EventScan scan, EventDraft draft)
    {
        if (!TryReadText(ref scan, out var whole))
            return;
        var text = Utf8Text.Trim(whole);
        if (text.Length > EmailAddress.MaxLength && Utf8Text.Length(text) > EmailAddress.MaxLength)
            scan.Error(ErrorCode.InvalidLength, $"An email has at most {EmailAddress.MaxLength} characters; found {Utf8Text.Length(text)}.");
        else if (scan.IsBounded(whole))
        {
            if (EmailAddress.IsValid(text))
                draft.Email = LowerCase(text);
            else
                scan.Error(ErrorCode.InvalidFormat, $"Expected an email address such as name@example.com; found {Utf8Text.Echo(text)}.");
        }
    }

    private static void ReadPhoneNumber(ref EventScan scan, EventDraft draft)
    {
        if (!TryReadText(ref scan, out var text))
            return;
        if (PhoneNumber.IsValid(text))
            draft.PhoneNumber = Encoding.UTF8.GetString(text);
        else
            scan.Error(ErrorCode.InvalidFormat,
                $"A phone number has the form of E.164: +, then 2 to 15 digits, the first not 0; found {Utf8Text.Echo(text)}.");
    }

    private static JsonSlice? ReadName(ref EventScan scan) =>
        TryReadText(ref scan, out var text) && scan.IsBounded(text) && !text.IsEmpty ? scan.StringSlice() : null;

    private static void ReadCustomFields(ref EventScan scan, EventDraft draft)
    {
        if (scan.IsNull || !scan.Expect(JsonTokenType.StartObject, "an object"))
            return;
        var count = 0;
        var owner = scan.Enter();
        while (scan.NextMember(owner))
        {
            count++;
            PropertyRules.CheckKey(ref scan);
            if (scan.IsNull)
                continue;
            if (scan.Reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                scan.Expect(JsonTokenType.String, "a string, a number or a boolean");
            else if (PropertyRules.TryReadScalar(ref scan, scan.NameSlice, out var property) && count <= Limits.MaxProperties)
                draft.CustomFields.Add(property);
        }
        PropertyRules.CheckCount(ref scan, count);
    }

    // False where there is no text to look at: null, or wrong and told.
    private static bool TryReadText(ref EventScan scan, out ReadOnlySpan<byte> text)
    {
        text = default;
        return !scan.IsNull && scan.Expect(JsonTokenType.String, "a string") && scan.TryText(out text);
    }

    private static string LowerCase(ReadOnlySpan<byte> ascii)
    {
        Span<char> text = stackalloc char[EmailAddress.MaxLength];
        Ascii.ToLower(ascii, text, out var length);
        return new string(text[..length]);
    }
}
