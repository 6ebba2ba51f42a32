using System.Text.Json;
using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>What one store has to hold, computed the plain way: one event after the other, in the order of the log, by the words of the contract.</summary>
internal sealed class Model(string store)
{
    private readonly Dictionary<string, ModelCustomer> _byId = [];
    private readonly Dictionary<string, ModelCustomer> _byEmail = [];
    private readonly Dictionary<string, ModelCustomer> _byPhone = [];
    private readonly HashSet<Guid> _eventIds = [];

    /// <summary>The store.</summary>
    public string Store => store;

    /// <summary>The events that have to be stored, by the number of their send.</summary>
    public Dictionary<int, ModelEvent> Events { get; } = [];

    /// <summary>For each <c>uniqueId</c> the send that has it.</summary>
    public Dictionary<string, int> UniqueIds { get; } = new(StringComparer.Ordinal);

    /// <summary>The sends that are duplicates or redeliveries of others.</summary>
    public HashSet<int> Dropped { get; } = [];

    /// <summary>The customers.</summary>
    public List<ModelCustomer> Customers { get; } = [];

    /// <summary>For each event's name its segmentable keys with their types, and when it was first seen.</summary>
    public Dictionary<string, (SortedSet<string> Properties, DateTime FirstSeenAt)> Catalog { get; } = [];

    /// <summary>Takes the next valid record of the store.</summary>
    public void Take(RawRecord record)
    {
        var number = record.Number!.Value;
        var json = JsonElement.Parse(record.Value![0] == 0 ? record.Value.AsSpan(5) : record.Value);
        var uniqueId = json.TryGetProperty("uniqueId", out var given) ? given.GetString() : null;
        Guid? eventId = record.Headers.TryGetValue("event-id", out var id) ? Guid.Parse(id) : null;
        // The first valid record of an id uses it, whatever becomes of it.
        if ((eventId is { } used && !_eventIds.Add(used)) || (uniqueId is not null && !UniqueIds.TryAdd(uniqueId, number)))
        {
            if (!Events.ContainsKey(number))
                Dropped.Add(number);
            return;
        }

        var customer = Resolve(json.GetProperty("customer"), record.ReceivedAt);
        Patch(customer, json.GetProperty("customer"), record.ReceivedAt);
        var content = Content(record, json);
        Events.Add(number, new ModelEvent(record, customer, eventId, uniqueId, content));
        Note(content, record.ReceivedAt);
    }

    private ModelCustomer Resolve(JsonElement identity, DateTime receivedAt)
    {
        var (id, email, phone) = (Text(identity, "id")?.ToLowerInvariant(), Text(identity, "email")?.Trim().ToLowerInvariant(), Text(identity, "phoneNumber"));
        var customer = (id is null ? null : _byId.GetValueOrDefault(id)) ?? (email is null ? null : _byEmail.GetValueOrDefault(email)) ??
            (phone is null ? null : _byPhone.GetValueOrDefault(phone));
        if (customer is null)
        {
            customer = new ModelCustomer { Id = id, CreatedAt = receivedAt, UpdatedAt = receivedAt };
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

    private static void Patch(ModelCustomer customer, JsonElement patch, DateTime receivedAt)
    {
        foreach (var name in new[] { "firstName", "lastName" })
        {
            if (Text(patch, name) is { Length: > 0 } text)
                Set(name, new BsonString(text));
        }

        if (patch.TryGetProperty("location", out var location))
        {
            foreach (var field in location.EnumerateObject())
            {
                if (field.Value.ValueKind == JsonValueKind.Number)
                    Set($"location.{field.Name}", new BsonDouble(field.Value.GetDouble()));
                else if (field.Value.ValueKind == JsonValueKind.String && field.Value.GetString() != "")
                    Set($"location.{field.Name}", field.Value.GetString()!);
            }
        }

        if (patch.TryGetProperty("customFields", out var fields))
        {
            foreach (var field in fields.EnumerateObject().Where(static field => field.Value.ValueKind != JsonValueKind.Null))
                Set($"customFields.{field.Name}", Values.Typed(field.Value));
        }

        void Set(string field, BsonValue value)
        {
            var text = Values.Text(value);
            if (customer.Profile.TryGetValue(field, out var before) && before == text)
                return;
            customer.Profile[field] = text;
            customer.UpdatedAt = receivedAt;
        }
    }

    private BsonDocument Content(RawRecord record, JsonElement json)
    {
        var occurredAt = Text(json, "eventTimestamp") is { } text ? Values.Date(text)!.Value : record.ReceivedAt;
        var content = new BsonDocument { { "storeId", store }, { "eventName", json.GetProperty("eventName").GetString()!.Trim() } };
        content.Add("occurredAt", occurredAt);
        content.Add("receivedAt", record.ReceivedAt);
        if (json.TryGetProperty("value", out var value))
            content.Add("value", Decimal128.Parse(value.GetRawText()));
        if (Text(json, "valueCurrency") is { } currency)
            content.Add("valueCurrency", currency.ToUpperInvariant());
        var data = new BsonDocument();
        foreach (var member in json.GetProperty("data").EnumerateObject().Where(static member => member.Name != "$extra" && Values.IsKept(member.Value)))
            data.Add(member.Name, Values.Typed(member.Value));
        content.Add("data", data);
        content.Add("extra", Values.Exact(json.GetProperty("data").GetProperty("$extra")));
        content.Add("producer", record.Headers.GetValueOrDefault("producer") == "http" ? "http" : "kafka");
        return content;
    }

    private void Note(BsonDocument content, DateTime receivedAt)
    {
        var name = content["eventName"].AsString;
        if (!Catalog.TryGetValue(name, out var entry))
            Catalog.Add(name, entry = (new SortedSet<string>(StringComparer.Ordinal), receivedAt));
        foreach (var member in content["data"].AsBsonDocument)
        {
            if (SegmentKey.TypeOf(member.Value) is { } type)
                entry.Properties.Add($"{member.Name}: {type}");
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
