using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CustomEvents.Events.Parsing;
using CustomEvents.Events.Rules;

namespace CustomEvents.Events;

/// <summary>
/// Reads and checks one event: the only place of the rules of contract sections 5, 6, 7 and 12. The API calls it to
/// answer, the normalizer to process. Pure; an instance keeps its scratch memory and serves one caller at a time.
/// </summary>
public sealed class EventParser
{
    private readonly ScanMemory _memory = new();
    private readonly EventDraft _draft = new();

    /// <summary>
    /// The event, or null where something is wrong with it. Never throws for any bytes.
    /// </summary>
    /// <param name="json">The event's bytes, with or without a byte order mark. They must stay as they are while the event is used.</param>
    /// <param name="errors">Takes everything that is wrong, at most <see cref="Limits.MaxErrors"/>, pointers relative to the event.</param>
    public CustomEvent? Parse(ReadOnlyMemory<byte> json, ICollection<EventError> errors)
    {
        json = ByteOrderMark.Skip(json);
        if (json.Length > Limits.MaxEventBytes)
        {
            errors.Add(new EventError("", ErrorCode.TooLarge, $"An event has at most {Limits.MaxEventBytes} bytes; this one has {json.Length}."));
            return null;
        }
        if (!Utf8.IsValid(json.Span))
        {
            errors.Add(InvalidJson.NotUtf8());
            return null;
        }

        _memory.Reset();
        _draft.Clear();
        try
        {
            var scan = new EventScan(json.Span, _memory);
            scan.Reader.Read();
            ReadEvent(ref scan);
            // Anything behind the event is an error of the reader's.
            scan.Reader.Read();
        }
        catch (JsonException broken)
        {
            errors.Add(InvalidJson.From(broken));
            return null;
        }
        foreach (var error in _memory.Errors)
            errors.Add(error);
        return _memory.Errors.Count == 0 ? _draft.ToEvent(json) : null;
    }

    private void ReadEvent(ref EventScan scan)
    {
        if (!scan.Expect(JsonTokenType.StartObject, "an event, which is an object"))
            return;
        bool hasName = false, hasCustomer = false;
        var owner = scan.Enter();
        while (scan.NextMember(owner))
        {
            switch (scan.Name)
            {
                case var name when name.SequenceEqual("eventName"u8):
                    hasName |= !scan.IsNull;
                    ReadEventName(ref scan);
                    break;
                case var name when name.SequenceEqual("customer"u8):
                    hasCustomer |= !scan.IsNull;
                    if (!scan.IsNull)
                        CustomerRules.Read(ref scan, _draft);
                    break;
                case var name when name.SequenceEqual("data"u8):
                    DataRules.Read(ref scan, _draft);
                    break;
                case var name when name.SequenceEqual("eventTimestamp"u8):
                    ReadTimestamp(ref scan);
                    break;
                case var name when name.SequenceEqual("value"u8):
                    ReadValue(ref scan);
                    break;
                case var name when name.SequenceEqual("valueCurrency"u8):
                    ReadCurrency(ref scan);
                    break;
                case var name when name.SequenceEqual("uniqueId"u8):
                    ReadUniqueId(ref scan);
                    break;
                default:
                    scan.Walk(isStored: false);
                    break;
            }
        }
        if (!hasName)
            scan.Error(ErrorCode.Required, "An event needs a name; found none.", "eventName");
        if (!hasCustomer)
            scan.Error(ErrorCode.Required, "An event needs a customer; found none.", "customer");
        if (scan.HasTooManyValues)
            scan.Error(ErrorCode.TooManyProperties,
                $"An event has at most {Limits.MaxValues} members and array elements at all depths; this one has more.");
    }

    private void ReadEventName(ref EventScan scan)
    {
        if (!TryReadText(ref scan, out var whole))
            return;
        var text = Utf8Text.Trim(whole);
        if (text.IsEmpty || (text.Length > Limits.MaxNameLength && Utf8Text.Length(text) > Limits.MaxNameLength))
            scan.Error(ErrorCode.InvalidLength,
                $"An event's name has 1 to {Limits.MaxNameLength} characters without the white space around it; found {Utf8Text.Length(text)}.");
        else if (scan.IsBounded(whole))
        {
            if (Utf8Text.HasControl(text))
                scan.Error(ErrorCode.InvalidFormat, $"An event's name has no control characters; found {Utf8Text.Echo(text)}.");
            else
                _draft.EventName = FrequentTexts.Of(text);
        }
    }

    private void ReadTimestamp(ref EventScan scan)
    {
        if (!TryReadText(ref scan, out var text) || !scan.IsBounded(text))
            return;
        if (Rfc3339.TryParse(text, out var utc))
            _draft.Timestamp = utc;
        else
            scan.Error(ErrorCode.InvalidFormat,
                $"Expected an RFC 3339 date-time with an offset, such as 2026-04-02T12:00:00Z; found {Utf8Text.Echo(text)}.");
    }

    private void ReadValue(ref EventScan scan)
    {
        if (scan.IsNull || !scan.Expect(JsonTokenType.Number, "a number"))
            return;
        if (ExactDecimal.TryParse(scan.Reader.ValueSpan, out var value))
            _draft.Value = value;
        else
            scan.Error(ErrorCode.OutOfRange, $"A value must fit a decimal of 34 significant digits exactly; {scan.Found()} does not.");
    }

    private void ReadCurrency(ref EventScan scan)
    {
        if (!TryReadText(ref scan, out var text))
            return;
        if (Currencies.TryFind(text, out var code))
            _draft.ValueCurrency = code;
        else
            scan.Error(ErrorCode.UnknownCurrency, $"Expected a currency's code of ISO 4217, such as USD; found {Utf8Text.Echo(text)}.");
    }

    private void ReadUniqueId(ref EventScan scan)
    {
        if (!TryReadText(ref scan, out var text))
            return;
        if (text.IsEmpty || (text.Length > Limits.MaxNameLength && Utf8Text.Length(text) > Limits.MaxNameLength))
            scan.Error(ErrorCode.InvalidLength, $"A uniqueId has 1 to {Limits.MaxNameLength} characters; found {Utf8Text.Length(text)}.");
        else
            _draft.UniqueId = Encoding.UTF8.GetString(text);
    }

    // False where there is no text to look at: null, or wrong and told.
    private static bool TryReadText(ref EventScan scan, out ReadOnlySpan<byte> text)
    {
        text = default;
        return !scan.IsNull && scan.Expect(JsonTokenType.String, "a string") && scan.TryText(out text);
    }
}
