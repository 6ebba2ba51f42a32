using System.Buffers;

namespace CustomEvents.Events.Normalized;

/// <summary>The normalized record as JSON. Members in this order; absent is absent, never null.</summary>
internal static class NormalizedWriter
{
    // Names, punctuation, ids, positions and dates of the envelope.
    private const int EnvelopeBytes = 1_024;

    // Quotes, colon, comma and {"date": } or {"json": }, or a number.
    private const int BytesBesideProperty = 48;

    public static void Write(NormalizedEvent normalized, IBufferWriter<byte> output)
    {
        var json = new JsonOutput(output.GetSpan(MaxBytes(normalized)));
        WriteEnvelope(normalized, ref json);
        WriteEvent(normalized.Event, ref json);
        json.Raw("}"u8);
        output.Advance(json.Written);
    }

    private static int MaxBytes(NormalizedEvent normalized)
    {
        var source = normalized.Event;
        var characters = normalized.StoreId.Length + normalized.Producer.Length + normalized.Topic.Length + source.EventName.Length
            + (source.UniqueId?.Length ?? 0) + (source.ValueCurrency?.Length ?? 0);
        return EnvelopeBytes + (characters * JsonOutput.MaxBytesOfChar)
            + (source.FirstName?.Length ?? 0) + (source.LastName?.Length ?? 0) + (source.Extra?.Length ?? 0)
            + MaxBytes(source.Location) + MaxBytes(source.CustomFields) + MaxBytes(source.Data);
    }

    private static int MaxBytes(IReadOnlyList<Property> properties)
    {
        var bytes = 0;
        for (var i = 0; i < properties.Count; i++)
            bytes += properties[i].Key.Length + properties[i].Text.Length + BytesBesideProperty;
        return bytes;
    }

    private static void WriteEnvelope(NormalizedEvent normalized, ref JsonOutput json)
    {
        json.Raw("{\"version\":"u8);
        json.Number(NormalizedEvent.Version);
        json.Raw(",\"eventId\":"u8);
        json.Id(normalized.EventId);
        json.Raw(",\"storeId\":"u8);
        json.Text(normalized.StoreId);
        json.Raw(",\"customerId\":"u8);
        Span<byte> id = stackalloc byte[12];
        Span<byte> digits = stackalloc byte[24];
        normalized.CustomerId.WriteTo(id);
        Convert.TryToHexStringLower(id, digits, out _);
        json.Quoted(digits);
        json.Raw(",\"receivedAt\":"u8);
        json.Number(UnixTime.FromUtc(normalized.ReceivedAt));
        json.Raw(",\"source\":{\"producer\":"u8);
        json.Text(normalized.Producer);
        json.Raw(",\"topic\":"u8);
        json.Text(normalized.Topic);
        json.Raw(",\"topicId\":"u8);
        json.Id(normalized.Position.TopicId);
        json.Raw(",\"partition\":"u8);
        json.Number(normalized.Position.Partition);
        json.Raw(",\"offset\":"u8);
        json.Number(normalized.Position.Offset);
        json.Raw("}"u8);
        if (normalized.IdentifierAdded)
            json.Raw(",\"identifierAdded\":true"u8);
    }

    private static void WriteEvent(CustomEvent source, ref JsonOutput json)
    {
        var bytes = source.Source.Span;
        json.Raw(",\"eventName\":"u8);
        json.Text(source.EventName);
        if (source.Timestamp is { } timestamp)
        {
            json.Raw(",\"eventTimestamp\":"u8);
            json.Number(UnixTime.FromUtc(timestamp));
        }
        if (source.Value is { } value)
        {
            Span<byte> text = stackalloc byte[ExactDecimal.MaxTextLength];
            json.Raw(",\"value\":"u8);
            json.Raw(text[..value.Format(text)]);
        }
        if (source.ValueCurrency is { } currency)
        {
            json.Raw(",\"valueCurrency\":"u8);
            json.Text(currency);
        }
        if (source.UniqueId is { } uniqueId)
        {
            json.Raw(",\"uniqueId\":"u8);
            json.Text(uniqueId);
        }
        if (source.FirstName is { } firstName)
        {
            json.Raw(",\"firstName\":"u8);
            json.Quoted(firstName.Of(bytes));
        }
        if (source.LastName is { } lastName)
        {
            json.Raw(",\"lastName\":"u8);
            json.Quoted(lastName.Of(bytes));
        }
        WriteProperties(",\"location\":"u8, source.Location, bytes, ref json);
        WriteProperties(",\"customFields\":"u8, source.CustomFields, bytes, ref json);
        WriteProperties(",\"data\":"u8, source.Data, bytes, ref json);
        if (source.Extra is { } extra)
        {
            json.Raw(",\"extra\":"u8);
            json.Raw(extra.Of(bytes));
        }
    }

    private static void WriteProperties(
        ReadOnlySpan<byte> name, IReadOnlyList<Property> properties, ReadOnlySpan<byte> bytes, ref JsonOutput json)
    {
        if (properties.Count == 0)
            return;
        json.Raw(name);
        for (var i = 0; i < properties.Count; i++)
        {
            var property = properties[i];
            json.Raw(i == 0 ? "{"u8 : ","u8);
            json.Quoted(property.Key.Of(bytes));
            json.Raw(":"u8);
            WriteValue(property, bytes, ref json);
        }
        json.Raw("}"u8);
    }

    private static void WriteValue(in Property property, ReadOnlySpan<byte> bytes, ref JsonOutput json)
    {
        switch (property.Kind)
        {
            case PropertyKind.String:
                json.Quoted(property.Text.Of(bytes));
                break;
            case PropertyKind.Integer:
                json.Number(property.Integer);
                break;
            case PropertyKind.Double:
                json.Number(property.Double);
                break;
            case PropertyKind.Boolean:
                json.Raw(property.Boolean ? "true"u8 : "false"u8);
                break;
            case PropertyKind.Date:
                json.Raw("{\"date\":"u8);
                json.Number(UnixTime.FromUtc(property.Date));
                json.Raw("}"u8);
                break;
            case PropertyKind.Json:
                json.Raw("{\"json\":"u8);
                json.Raw(property.Text.Of(bytes));
                json.Raw("}"u8);
                break;
        }
    }
}
