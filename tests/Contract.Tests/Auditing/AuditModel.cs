using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>What one store has to hold, computed the plain way: one event after the other, in the order of the raw topic, by the words of contract section 6.</summary>
internal sealed class AuditModel
{
    private readonly Dictionary<string, AuditCustomer> _byId = [];
    private readonly Dictionary<string, AuditCustomer> _byEmail = [];
    private readonly Dictionary<string, AuditCustomer> _byPhone = [];
    private readonly HashSet<string> _uniqueIds = [];
    private readonly HashSet<string> _eventIds = [];

    /// <summary>The stored events by their place in the raw topic.</summary>
    public Dictionary<(int Partition, long Offset), AuditEvent> Events { get; } = [];

    /// <summary>The customers.</summary>
    public List<AuditCustomer> Customers { get; } = [];

    /// <summary>For each event's name its segmentable keys with their types, and when it was first seen.</summary>
    public Dictionary<string, (SortedSet<string> Properties, DateTime FirstSeenAt)> Catalog { get; } = [];

    /// <summary>How many entries the segment index has to have.</summary>
    public int SegmentEntries { get; private set; }

    /// <summary>Takes the next record of the raw topic.</summary>
    public void Take(ConsumeResult<byte[], byte[]> record)
    {
        var json = JsonElement.Parse(record.Message.Value);
        var uniqueId = json.TryGetProperty("uniqueId", out var given) ? given.GetString() : null;
        var eventId = Header(record, "event-id");
        if (eventId is not null && _eventIds.Contains(eventId))
            return;
        if (uniqueId is not null && !_uniqueIds.Add(uniqueId))
            return;
        // What was dropped used no id.
        if (eventId is not null)
            _eventIds.Add(eventId);

        var receivedAt = Header(record, "received-at") is { } time
            ? DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal)
            : record.Message.Timestamp.UtcDateTime;
        receivedAt = new DateTime(receivedAt.Ticks - (receivedAt.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        var customer = Resolve(json.GetProperty("customer"), receivedAt);
        Patch(customer, json.GetProperty("customer"), receivedAt);
        var properties = json.GetProperty("data").EnumerateObject().Where(static one => IsSegmentable(one)).ToArray();
        var name = json.GetProperty("eventName").GetString()!;
        Events.Add((record.Partition, record.Offset), new AuditEvent(name, uniqueId, customer, receivedAt, json.GetProperty("data")));
        SegmentEntries += properties.Length;
        if (!Catalog.TryGetValue(name, out var entry))
            Catalog.Add(name, entry = (new SortedSet<string>(StringComparer.Ordinal), receivedAt));
        foreach (var property in properties)
            entry.Properties.Add($"{property.Name}: {TypeOf(property)}");
    }

    private AuditCustomer Resolve(JsonElement identity, DateTime receivedAt)
    {
        var (id, email, phone) = (Text(identity, "id"), Text(identity, "email")?.ToLowerInvariant(), Text(identity, "phoneNumber"));
        var customer = (id is null ? null : _byId.GetValueOrDefault(id)) ?? (email is null ? null : _byEmail.GetValueOrDefault(email)) ??
            (phone is null ? null : _byPhone.GetValueOrDefault(phone));
        if (customer is null)
        {
            customer = new AuditCustomer { Id = id, CreatedAt = receivedAt, UpdatedAt = receivedAt };
            Customers.Add(customer);
            if (id is not null)
                _byId.Add(id, customer);
        }

        if (email is not null && customer.Email is null && _byEmail.TryAdd(email, customer))
            (customer.Email, customer.UpdatedAt) = (email, receivedAt);
        if (phone is not null && customer.Phone is null && _byPhone.TryAdd(phone, customer))
            (customer.Phone, customer.UpdatedAt) = (phone, receivedAt);
        return customer;
    }

    private static void Patch(AuditCustomer customer, JsonElement patch, DateTime receivedAt)
    {
        var before = customer.Profile;
        if (Text(patch, "firstName") is { Length: > 0 } firstName)
            customer.Fields["firstName"] = $"\"{firstName}\"";
        foreach (var part in new[] { "location", "customFields" })
        {
            if (!patch.TryGetProperty(part, out var fields))
                continue;
            foreach (var field in fields.EnumerateObject().Where(static field => field.Value.ValueKind != JsonValueKind.Null))
            {
                customer.Fields[$"{part}.{field.Name}"] = field.Value.ValueKind == JsonValueKind.String
                    ? $"\"{field.Value.GetString()}\""
                    : part == "location" ? $"Double({field.Value})" : $"Long({field.Value})";
            }
        }

        if (customer.Profile != before)
            customer.UpdatedAt = receivedAt;
    }

    private static bool IsSegmentable(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Value.GetString() != "",
        JsonValueKind.Number => property.Value.GetDouble() != 0,
        JsonValueKind.True or JsonValueKind.False => true,
        _ => false,
    };

    private static string TypeOf(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Name == "At" ? "date" : "string",
        JsonValueKind.Number => "number",
        _ => "boolean",
    };

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string? Header(ConsumeResult<byte[], byte[]> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
}
