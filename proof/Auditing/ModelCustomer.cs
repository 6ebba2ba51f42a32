using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>A customer that has to be there.</summary>
internal sealed class ModelCustomer
{
    public string? Id { get; init; }

    public string? Email { get; set; }

    public string? Phone { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>Names, <c>location.…</c> and <c>customFields.…</c>.</summary>
    public SortedDictionary<string, string> Profile { get; } = new(StringComparer.Ordinal);

    /// <summary>Which it is in the collection, once an event said so.</summary>
    public ObjectId? Stored { get; set; }
}
