using System.Buffers;
using System.Text;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

/// <summary>Events that the tests start from, and how they look at the result.</summary>
internal static class Samples
{
    /// <summary>Everything that the guide shows, in one event.</summary>
    public const string Guide = """
        {
          "eventName": "Loyalty Milestone Reached",
          "customer": {
            "id": "64ab01cd9f00112233445566",
            "email": "jane.doe@example.com",
            "phoneNumber": "+15551234567",
            "firstName": "Jane",
            "lastName": "Doe",
            "location": {
              "street1": "123 Main St", "city": "Austin", "state": "Texas", "stateCode": "TX", "postalCode": "78701",
              "country": "United States", "countryCode": "US", "latitude": 30.2672, "longitude": -97.7431,
              "ianaTimeZoneName": "America/Chicago"
            },
            "customFields": { "loyaltyTier": "gold", "memberSince": "2025-03-15T10:30:00Z" }
          },
          "data": {
            "Milestone Type": "total_spent",
            "Total Spent": 1000,
            "VIP Tier": "gold",
            "$extra": { "previousTier": "silver", "orders": [101, 102, 103], "debug": { "source": "webhook", "retry": 0 } }
          },
          "eventTimestamp": "2026-04-02T12:00:00Z",
          "value": 99.99,
          "valueCurrency": "USD",
          "uniqueId": "loyalty-milestone-12345"
        }
        """;

    /// <summary>A valid event with other members put in, such as <c>,"value":1</c>.</summary>
    public static string With(string members) => """{"eventName":"e","customer":{"email":"a@b.c"}""" + members + "}";

    /// <summary>A valid event whose <c>data</c> has these members.</summary>
    public static string WithData(string members) => With(",\"data\":{" + members + "}");

    /// <summary>A valid event whose customer has these members beside the e-mail address.</summary>
    public static string WithCustomer(string members) => """{"eventName":"e","customer":{"email":"a@b.c",""" + members + "}}";

    public static CustomEvent? Parse(string json, out List<EventError> errors) => Parse(Encoding.UTF8.GetBytes(json), out errors);

    public static CustomEvent? Parse(byte[] json, out List<EventError> errors)
    {
        errors = [];
        return new EventParser().Parse(json, errors);
    }

    /// <summary>The event, which must be valid.</summary>
    public static CustomEvent Valid(string json)
    {
        var read = Parse(json, out var errors);
        Assert.That(read, Is.Not.Null, Describe(errors));
        Assert.That(errors, Is.Empty);
        return read!;
    }

    /// <summary>Its errors as <c>code pointer</c>; there must be some, and no event.</summary>
    public static string[] Errors(string json)
    {
        var read = Parse(json, out var errors);
        Assert.That(read, Is.Null, json.Length < 1_000 ? json : json[..1_000]);
        Assert.That(errors, Is.Not.Empty);
        return [.. errors.Select(Text)];
    }

    public static string Text(EventError error) => $"{error.Code.ToText()} {error.Pointer}";

    public static string Describe(IEnumerable<EventError> errors) => string.Join("; ", errors.Select(error => $"{Text(error)}: {error.Detail}"));

    /// <summary>A property as <c>key=kind:value</c>.</summary>
    public static string Show(CustomEvent read, Property property) => property.Key.ToText(read.Source) + "=" + property.Kind switch
    {
        PropertyKind.String => "string:" + property.Text.ToText(read.Source),
        PropertyKind.Integer => FormattableString.Invariant($"integer:{property.Integer}"),
        PropertyKind.Double => FormattableString.Invariant($"double:{property.Double:R}"),
        PropertyKind.Boolean => "boolean:" + property.Boolean,
        PropertyKind.Date => "date:" + property.Date.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        PropertyKind.Json => "json:" + Encoding.UTF8.GetString(property.Text.Of(read.Source)),
    };

    public static string[] Show(CustomEvent read, IEnumerable<Property> properties) => [.. properties.Select(property => Show(read, property))];

    public static NormalizedEvent Normalize(CustomEvent read)
    {
        Assert.That(CustomerId.TryParse("64ab01cd9f00112233445566", out var customer), Is.True);
        return new NormalizedEvent
        {
            EventId = new Guid("0197b0a0-0000-7000-8000-000000000001"),
            StoreId = "store-1",
            CustomerId = customer,
            ReceivedAt = new DateTime(2026, 4, 2, 12, 0, 1, 234, DateTimeKind.Utc),
            Producer = "http",
            Topic = "events.raw",
            Position = new Position(new Guid("0197b0a0-0000-4000-8000-000000000002"), 11, 1_234_567_890_123),
            Event = read,
        };
    }

    public static byte[] Write(NormalizedEvent normalized)
    {
        var output = new ArrayBufferWriter<byte>();
        normalized.Write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Everything that an event says, as text, so that two can be compared whatever bytes they lie in.</summary>
    public static string Dump(CustomEvent read)
    {
        var text = new StringBuilder();
        text.AppendLine(read.EventName);
        text.AppendLine(read.FirstName is { } first ? "first " + first.ToText(read.Source) : "");
        text.AppendLine(read.LastName is { } last ? "last " + last.ToText(read.Source) : "");
        text.AppendJoin('\n', Show(read, read.Location)).AppendLine();
        text.AppendJoin('\n', Show(read, read.CustomFields)).AppendLine();
        text.AppendJoin('\n', Show(read, read.Data)).AppendLine();
        text.AppendLine(read.Extra is { } extra ? Encoding.UTF8.GetString(extra.Of(read.Source)) : "");
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{read.Timestamp?.Ticks} {read.Value} {read.ValueCurrency} ").AppendLine(read.UniqueId);
        return text.ToString();
    }
}
