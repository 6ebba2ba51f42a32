using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>A customer that has to be there.</summary>
internal sealed class AuditCustomer
{
    public string? Id { get; init; }

    public string? Email { get; set; }

    public string? Phone { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    public SortedDictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

    public string Profile => string.Join(' ', Fields.Select(static one => $"{one.Key}={one.Value}"));

    /// <summary>Which it is in the collection, once an event said so.</summary>
    public ObjectId? Stored { get; set; }
}
