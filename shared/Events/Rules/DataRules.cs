using System.Text.Json;
using CustomEvents.Events.Parsing;

namespace CustomEvents.Events.Rules;

/// <summary><c>data</c> and its <c>$extra</c>, contract sections 5 and 6.</summary>
internal static class DataRules
{
    public static void Read(ref EventScan scan, EventDraft draft)
    {
        if (scan.IsNull || !scan.Expect(JsonTokenType.StartObject, "an object"))
            return;
        var count = 0;
        var owner = scan.Enter();
        while (scan.NextMember(owner))
        {
            if (scan.Name.SequenceEqual("$extra"u8))
            {
                ReadExtra(ref scan, draft);
                continue;
            }
            count++;
            PropertyRules.CheckKey(ref scan);
            if (TryRead(ref scan, scan.NameSlice, out var property) && count <= Limits.MaxProperties)
                draft.Data.Add(property);
        }
        PropertyRules.CheckCount(ref scan, count);
    }

    private static void ReadExtra(ref EventScan scan, EventDraft draft)
    {
        if (!scan.IsNull && scan.Expect(JsonTokenType.StartObject, "an object"))
            draft.Extra = scan.WalkStored();
    }

    private static bool TryRead(ref EventScan scan, JsonSlice key, out Property property)
    {
        property = default;
        if (scan.IsNull)
            return false;
        if (scan.Reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            property = Property.OfText(key, PropertyKind.Json, scan.WalkStored());
            return true;
        }
        return PropertyRules.TryReadScalar(ref scan, key, out property) && !IsIgnored(property);
    }

    // 0 in every spelling, and "", are as good as absent.
    private static bool IsIgnored(in Property property) => property.Kind switch
    {
        PropertyKind.Integer => property.Integer == 0,
        PropertyKind.String => property.Text.Length == 0,
        PropertyKind.Double or PropertyKind.Boolean or PropertyKind.Date or PropertyKind.Json => false,
    };
}
