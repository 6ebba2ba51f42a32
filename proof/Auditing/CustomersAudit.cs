using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>Compares a store's <c>customers</c> and <c>event_catalog</c> with its model.</summary>
internal static class CustomersAudit
{
    /// <summary>Audits; the events were audited before, and said which customer is which.</summary>
    /// <param name="model">What has to be there.</param>
    /// <param name="stored">What is there.</param>
    /// <param name="isOrdered">Whether the store's records stand in one order, so that one of them is the first of its name.</param>
    /// <param name="findings">Takes what is wrong.</param>
    public static void Audit(Model model, StoredData stored, bool isOrdered, Findings findings)
    {
        var left = new Dictionary<ObjectId, BsonDocument>();
        foreach (var customer in stored.Customers)
        {
            if (!left.TryAdd(customer["customerId"].AsObjectId, customer))
                findings.Add(Count.Misattributed, $"the customer {customer["customerId"]} is there twice");
        }

        foreach (var expected in model.Customers)
        {
            if (expected.Stored is not { } id || !left.Remove(id, out var customer))
                findings.Add(Count.Misattributed, $"the customer {expected.Id} {expected.Email} {expected.Phone} is missing, or another's");
            else
                Compare(id, expected, customer, findings);
        }

        foreach (var nobody in left.Values)
            findings.Add(Count.Misattributed, $"the customer {nobody.ToJson()} is nobody's");
        AuditCatalog(model, stored, isOrdered, findings);
    }

    private static void Compare(ObjectId id, ModelCustomer expected, BsonDocument customer, Findings findings)
    {
        Check(Count.Misattributed, "id", expected.Id is null ? "any" : id.ToString(), expected.Id ?? "any");
        Check(Count.Misattributed, "email", $"{customer.GetValue("email", null)}", $"{expected.Email}");
        Check(Count.Misattributed, "phone number", $"{customer.GetValue("phoneNumber", null)}", $"{expected.Phone}");
        Check(Count.Misordered, "profile", Profile(customer), string.Join(' ', expected.Profile.Select(static one => $"{one.Key}={one.Value}")));
        Check(Count.Misordered, "createdAt", $"{customer["createdAt"].ToUniversalTime():O}", $"{expected.CreatedAt:O}");
        Check(Count.Misordered, "updatedAt", $"{customer["updatedAt"].ToUniversalTime():O}", $"{expected.UpdatedAt:O}");

        void Check(Count count, string what, string found, string shouldBe)
        {
            if (found != shouldBe)
                findings.Add(count, $"customer {id} ({expected.Id} {expected.Email} {expected.Phone}): {what} is {found}, should be {shouldBe}");
        }
    }

    private static string Profile(BsonDocument customer) => string.Join(' ', customer
        .Where(static member => member.Name is "firstName" or "lastName").Select(static member => $"{member.Name}={Values.Text(member.Value)}")
        .Concat(new[] { "location", "customFields" }.SelectMany(part => customer.GetValue(part, new BsonDocument()).AsBsonDocument
            .Select(member => $"{part}.{member.Name}={Values.Text(member.Value)}")))
        .Order(StringComparer.Ordinal));

    private static void AuditCatalog(Model model, StoredData stored, bool isOrdered, Findings findings)
    {
        var expected = model.Catalog.Select(one => Text(one.Key, one.Value.Properties, one.Value.FirstSeenAt)).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in stored.Catalog)
        {
            var properties = entry["properties"].AsBsonArray
                .SelectMany(static property => property["types"].AsBsonArray.Select(type => $"{property["key"]}: {type}")).Order(StringComparer.Ordinal);
            var text = Text(entry["eventName"].AsString, properties, entry["firstSeenAt"].ToUniversalTime());
            if (!expected.Remove(text))
                findings.Add(Count.Unindexed, $"the catalog has {text}");
        }

        foreach (var missing in expected)
            findings.Add(Count.Unindexed, $"the catalog does not have {missing}");

        string Text(string name, IEnumerable<string> properties, DateTime firstSeenAt) =>
            $"{name}: {string.Join(", ", properties)}{(isOrdered ? $", first seen {firstSeenAt:O}" : "")}";
    }
}
