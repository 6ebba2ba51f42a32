using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>Compares a store's <c>events</c>, and the claims and entries that belong to them, with its model.</summary>
internal static class EventsAudit
{
    /// <summary>Audits.</summary>
    public static void Audit(Model model, StoredData stored, string topic, Findings findings)
    {
        var seen = new Dictionary<int, BsonDocument>();
        foreach (var document in stored.Events)
        {
            var number = document.GetValue("extra", new BsonDocument()).AsBsonDocument.GetValue("n", -1).ToInt32();
            if (!seen.TryAdd(number, document))
                findings.Add(Count.Doubled, $"event {number} is stored twice, as {Id(document)} and {Id(seen[number])}");
            else if (!model.Events.TryGetValue(number, out var expected))
                AddUnexpected(model, number, document, findings);
            else
                Compare(number, expected, document, topic, findings);
        }

        foreach (var number in model.Events.Keys.Where(number => !seen.ContainsKey(number)))
        {
            if (model.Events[number].UniqueId is not { } uniqueId || !stored.Events.Any(one => one.GetValue("uniqueId", null) == uniqueId))
                findings.Add(Count.Lost, $"event {number} is in the log {Place(model.Events[number].Record)} and not stored");
        }

        AuditClaims(model, stored, seen, findings);
        AuditEntries(stored, findings);
    }

    private static void AddUnexpected(Model model, int number, BsonDocument document, Findings findings)
    {
        if (document.GetValue("uniqueId", null) is BsonString uniqueId && model.UniqueIds.TryGetValue(uniqueId.Value, out var holder) && holder != number)
            findings.Add(Count.Misordered, $"event {number} has the uniqueId {uniqueId}, which event {holder} had before");
        findings.Add(Count.Doubled, $"event {number} is stored as {Id(document)} and {(model.Dropped.Contains(number) ? "is a duplicate" : "is not in the log")}");
    }

    private static void Compare(int number, ModelEvent expected, BsonDocument document, string topic, Findings findings)
    {
        var customer = document["customerId"].AsObjectId;
        expected.Customer.Stored ??= customer;
        if (expected.Customer.Stored != customer)
            findings.Add(Count.Misattributed, $"event {number} has the customer {customer}, and an earlier event of the same has {expected.Customer.Stored}");
        if (expected.EventId is { } id && Id(document) != id)
            findings.Add(Count.Altered, $"event {number} is stored as {Id(document)} and has the id {id}");
        var shouldBe = (BsonDocument)expected.Content.DeepClone();
        var producer = shouldBe["producer"];
        shouldBe.Remove("producer");
        if (expected.UniqueId is not null)
            shouldBe.Add("uniqueId", expected.UniqueId);
        foreach (var name in shouldBe.Names.Concat(document.Names.Where(static name => name is not ("_id" or "customerId" or "source"))).Distinct())
        {
            var (is_, should) = (document.GetValue(name, null), shouldBe.GetValue(name, null));
            // The order of members is kept in $extra alone; of a decimal the value is.
            var isSame = is_ is BsonDecimal128 one && should is BsonDecimal128 other
                ? Decimal128.ToDecimal(one.Value) == Decimal128.ToDecimal(other.Value)
                : Values.Text(is_, name != "extra") == Values.Text(should, name != "extra");
            if (!isSame && !name.StartsWith('_'))
                findings.Add(Count.Altered, $"event {number}: {name} is {Values.Text(is_)}, should be {Values.Text(should)}");
        }

        var source = new BsonDocument { { "producer", producer }, { "topic", topic }, { "partition", expected.Record.Partition }, { "offset", expected.Record.Offset } };
        var found = document["source"].AsBsonDocument;
        if (source.Any(member => found.GetValue(member.Name, null)?.ToString() != member.Value.ToString()))
            findings.Add(Count.Altered, $"event {number} comes from {found.ToJson()}, should come from {source.ToJson()}");
    }

    private static void AuditClaims(Model model, StoredData stored, Dictionary<int, BsonDocument> seen, Findings findings)
    {
        var expected = model.UniqueIds.Where(one => seen.ContainsKey(one.Value)).ToDictionary(one => $"{model.Store}:{one.Key}", one => seen[one.Value]["_id"], StringComparer.Ordinal);
        foreach (var claim in stored.Claims)
        {
            var id = claim["_id"].AsString;
            if (!expected.Remove(id, out var eventId))
                findings.Add(Count.Misattributed, $"the claim {id} belongs to no stored event");
            else if (claim["eventId"] != eventId)
                findings.Add(Count.Misattributed, $"the claim {id} is {claim["eventId"]}'s, should be {eventId}'s");
        }

        foreach (var missing in expected.Keys)
            findings.Add(Count.Misattributed, $"the claim {missing} is missing");
    }

    private static void AuditEntries(StoredData stored, Findings findings)
    {
        var expected = stored.Events.SelectMany(static one => EntriesOf(one)).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in stored.SegmentEntries)
        {
            if (!expected.Remove(entry))
                findings.Add(Count.Unindexed, $"the segment entry {entry} belongs to no stored event");
        }

        foreach (var missing in expected)
            findings.Add(Count.Unindexed, $"the segment entry {missing} is missing");
    }

    private static IEnumerable<string> EntriesOf(BsonDocument stored)
    {
        foreach (var member in stored["data"].AsBsonDocument)
        {
            if (SegmentKey.Of(
                stored["storeId"].AsString, stored["eventName"].AsString, member.Name, member.Value, stored["occurredAt"].ToUniversalTime(), stored["customerId"].AsObjectId,
                Id(stored)) is { } entry)
            {
                yield return entry;
            }
        }
    }

    private static Guid Id(BsonDocument document) => document["_id"].AsBsonBinaryData.ToGuid(GuidRepresentation.Standard);

    private static string Place(RawRecord record) => $"[{record.Partition}]@{record.Offset}";
}
