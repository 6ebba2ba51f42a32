using System.Globalization;
using System.Text.Json;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Pipeline.Simulation;

/// <summary>
/// Contract sections 5 and 6 for one reader that reads the raw topic once, with a dictionary for everything and no thought of speed. It shares nothing with
/// the stages but the derived event-id. It knows the events that <see cref="Traffic"/> makes, and no others.
/// </summary>
internal sealed class Model
{
    private readonly Dictionary<Guid, string> _ids = [];
    private readonly Dictionary<(string, string), Guid> _claims = [];
    private readonly List<Customer> _customers = [];
    private readonly SortedDictionary<string, SortedSet<string>> _catalog = new(StringComparer.Ordinal);
    private readonly List<string> _events = [];
    private readonly List<string> _rejections = [];

    public Model(IEnumerable<LogRecord> raw, IReadOnlySet<string> stores)
    {
        foreach (var record in raw)
            Read(record, stores);
    }

    /// <summary>For each raw record what is to become of it: the id of the event that it makes, or null where it makes none.</summary>
    public List<(LogRecord Record, Guid Id, string Outcome)> Decisions { get; } = [];

    /// <summary>Everything that is to be stored, as text, sorted.</summary>
    public IReadOnlyList<string> State =>
    [
        .. _events.Order(StringComparer.Ordinal),
        .. _customers.Select(c => c.ToString()).Order(StringComparer.Ordinal),
        .. _catalog.Select(c => $"catalog {c.Key}: {string.Join(',', c.Value)}"),
        .. _claims.Select(c => $"claim {c.Key} {c.Value}").Order(StringComparer.Ordinal),
        .. _rejections.Distinct().Order(StringComparer.Ordinal),
    ];

    private void Read(LogRecord record, IReadOnlySet<string> stores)
    {
        var id = record.Header(HeaderNames.EventId) is { } chosen
            ? Guid.Parse(chosen.Span)
            : EventIds.FromRecord(record.Topic, record.Position.Partition, record.Position.Offset, record.Timestamp, record.Value is { } bytes ? bytes.Span : default);
        var store = Bytes.Text(record.Key);
        if (store is null)
        {
            Reject("missing_key");
            return;
        }

        if (!stores.Contains(store))
        {
            Reject("unknown_store");
            return;
        }

        JsonElement json;
        try
        {
            json = JsonDocument.Parse(Bytes.Text(record.Value) ?? "").RootElement;
        }
        catch (JsonException)
        {
            Reject("invalid_json");
            return;
        }

        var customer = json.GetProperty("customer");
        var (customerId, email, phone) = (Text(customer, "id"), Text(customer, "email"), Text(customer, "phoneNumber"));
        if (customerId is null && email is null && phone is null)
        {
            Reject("identity_missing");
            return;
        }

        // The first valid record of an id uses it, whatever becomes of it.
        if (!_ids.TryAdd(id, store))
        {
            Decisions.Add((record, id, "redelivery"));
            return;
        }

        if (Text(json, "uniqueId") is { } uniqueId && (_claims.TryAdd((store, uniqueId), id) ? id : _claims[(store, uniqueId)]) != id)
        {
            Decisions.Add((record, id, "duplicate"));
            return;
        }

        Decisions.Add((record, id, "produced"));
        var receivedAt = DateTime.Parse(
            Bytes.Text(record.Header(HeaderNames.ReceivedAt))!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        var ours = _customers.Where(c => c.Store == store).ToList();
        var found = (customerId is null ? null : ours.Find(c => c.Id == customerId))
            ?? (email is null ? null : ours.Find(c => c.Email == email))
            ?? (phone is null ? null : ours.Find(c => c.Phone == phone));
        if (found is null)
        {
            _customers.Add(found = new Customer { Store = store, Id = customerId, Email = email, Phone = phone, CreatedAt = receivedAt, UpdatedAt = receivedAt });
        }
        else
        {
            if (email is not null && found.Email is null && !ours.Exists(c => c.Email == email))
                (found.Email, found.UpdatedAt) = (email, receivedAt);
            if (phone is not null && found.Phone is null && !ours.Exists(c => c.Phone == phone))
                (found.Phone, found.UpdatedAt) = (phone, receivedAt);
        }

        foreach (var name in new[] { "firstName", "lastName" })
        {
            if (Text(customer, name) is { } value)
                found.Set(name, value, receivedAt);
        }

        foreach (var group in new[] { "location", "customFields" })
        {
            if (!customer.TryGetProperty(group, out var members))
                continue;
            foreach (var member in members.EnumerateObject())
                found.Set($"{group}.{member.Name}", member.Value.ToString(), receivedAt);
        }

        var name_ = Text(json, "eventName")!;
        if (!_catalog.TryGetValue($"{store} {name_}", out var known))
            _catalog.Add($"{store} {name_}", known = new(StringComparer.Ordinal));
        List<string> data = [];
        foreach (var member in json.GetProperty("data").EnumerateObject())
        {
            var type = member.Value.ValueKind switch { JsonValueKind.String => "string", JsonValueKind.Number => "number", _ => "boolean" };
            known.Add($"{member.Name}:{type}");
            data.Add($"{member.Name}={member.Value}");
        }

        // Which customer, by what names him in the end: filled in when all is read.
        _events.Add($"event {id} of {store} {name_} {receivedAt:O} {string.Join(',', data)}");
        found.Events.Add(id);

        void Reject(string code)
        {
            Decisions.Add((record, id, "rejected"));
            _rejections.Add($"rejection {code} {id} of {store}");
        }
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetString() : null;

    private sealed class Customer
    {
        public required string Store { get; init; }

        public string? Id { get; init; }

        public string? Email { get; set; }

        public string? Phone { get; set; }

        public DateTime CreatedAt { get; init; }

        public DateTime UpdatedAt { get; set; }

        public SortedDictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

        public SortedSet<Guid> Events { get; } = [];

        public void Set(string name, string value, DateTime at)
        {
            if (Fields.TryGetValue(name, out var now) && now == value)
                return;
            Fields[name] = value;
            UpdatedAt = at;
        }

        public override string ToString() =>
            Describe(Store, Id, Email, Phone, CreatedAt, UpdatedAt, Fields.Select(f => $"{f.Key}={f.Value}"), Events);
    }

    /// <summary>A customer as text; an id that the pipeline made up is left out.</summary>
    public static string Describe(
        string store, string? id, string? email, string? phone, DateTime createdAt, DateTime updatedAt, IEnumerable<string> fields, IEnumerable<Guid> events) =>
        $"customer of {store} {id ?? "-"} {email ?? "-"} {phone ?? "-"} {createdAt:O} {updatedAt:O} [{string.Join(',', fields)}] events [{string.Join(',', events)}]";
}
