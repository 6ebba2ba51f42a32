using MongoDB.Bson;

namespace CustomEvents.MongoDb.Server;

/// <summary>An index that the pipeline needs, contract section 11.</summary>
/// <param name="Collection">The collection.</param>
/// <param name="Keys">Its fields in order, 1 or -1.</param>
/// <param name="IsUnique">Whether it is unique.</param>
/// <param name="Present">The field that a document must have to be in it; null for all documents.</param>
/// <param name="ExpireAfter">How long after its first field a document is deleted; null for never.</param>
internal sealed record IndexPlan(string Collection, BsonDocument Keys, bool IsUnique = false, string? Present = null, TimeSpan? ExpireAfter = null)
{
    /// <summary>All of them; those on <c>_id</c> are there by themselves.</summary>
    public static IReadOnlyList<IndexPlan> All { get; } =
    [
        new(Collections.Events, new() { { "storeId", 1 }, { "uniqueId", 1 } }, IsUnique: true, Present: "uniqueId"),
        new(Collections.Events, new() { { "storeId", 1 }, { "customerId", 1 }, { "occurredAt", -1 } }),
        new(Collections.Events, new() { { "storeId", 1 }, { "eventName", 1 }, { "occurredAt", -1 } }),
        new(Collections.Customers, new() { { "storeId", 1 }, { "customerId", 1 } }, IsUnique: true, Present: "customerId"),
        new(Collections.Customers, new() { { "storeId", 1 }, { "email", 1 } }, IsUnique: true, Present: "email"),
        new(Collections.Customers, new() { { "storeId", 1 }, { "phoneNumber", 1 } }, IsUnique: true, Present: "phoneNumber"),
        new(Collections.Catalog, new() { { "storeId", 1 }, { "eventName", 1 } }, IsUnique: true),
        new(Collections.Rejections, new() { { "storeId", 1 }, { "rejectedAt", -1 } }),
        new(Collections.Rejections, new() { { "rejectedAt", 1 } }, ExpireAfter: TimeSpan.FromDays(30)),
        new(Collections.Keys, new() { { "storeId", 1 } }),
    ];

    /// <summary>The name that MongoDB gives by itself, such as <c>storeId_1_email_1</c>.</summary>
    public string Name => string.Join('_', Keys.Elements.Select(e => $"{e.Name}_{e.Value}"));

    /// <summary>The specification for <c>createIndexes</c>.</summary>
    public BsonDocument ToSpecification()
    {
        var specification = new BsonDocument { { "name", Name }, { "key", Keys } };
        if (IsUnique)
            specification.Add("unique", true);
        if (Present is not null)
            specification.Add("partialFilterExpression", new BsonDocument(Present, new BsonDocument("$exists", true)));
        if (ExpireAfter is { } after)
            specification.Add("expireAfterSeconds", (int)after.TotalSeconds);
        return specification;
    }

    /// <summary>Whether an index that the server lists is on the same fields or has the same name.</summary>
    public bool Collides(BsonDocument listed) =>
        SameKeys(listed["key"].AsBsonDocument) || listed["name"].AsString == Name;

    /// <summary>Whether an index that the server lists does what this one is for.</summary>
    public bool IsMetBy(BsonDocument listed)
    {
        var expected = ToSpecification();
        return SameKeys(listed["key"].AsBsonDocument)
            && listed.GetValue("unique", false).ToBoolean() == IsUnique
            && listed.GetValue("partialFilterExpression", BsonNull.Value) == expected.GetValue("partialFilterExpression", BsonNull.Value)
            && (ExpireAfter is null
                ? !listed.Contains("expireAfterSeconds")
                : listed.GetValue("expireAfterSeconds", -1).ToDouble() == ExpireAfter.Value.TotalSeconds)
            && !listed.GetValue("sparse", false).ToBoolean() && !listed.Contains("collation") && !listed.GetValue("hidden", false).ToBoolean();
    }

    private bool SameKeys(BsonDocument keys) => keys.ElementCount == Keys.ElementCount
        && keys.Elements.Zip(Keys.Elements).All(p => p.First.Name == p.Second.Name && p.First.Value.IsNumeric && p.First.Value.ToDouble() == p.Second.Value.ToDouble());
}
