using CustomEvents.Proof.Auditing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Proof.Faults;

/// <summary>Whether the audit would see a fault: spoils the stored data in known ways and audits again.</summary>
internal static class AuditCheck
{
    private static readonly FilterDefinition<BsonDocument> Anything = FilterDefinition<BsonDocument>.Empty;

    /// <summary>Spoils and audits; what was not found.</summary>
    public static async Task<IEnumerable<string>> RunAsync(FaultRun run)
    {
        var database = run.Pipeline.Database;
        var events = await Of("events").Find(Anything).Limit(4).ToListAsync();
        // Another than theirs: of a customer whose only event is gone or mixed up, the audit does not look at the profile.
        var customer = await Of("customers").Find(Builders<BsonDocument>.Filter.Nin("customerId", events.Select(static one => one["customerId"]))).FirstAsync();

        await Of("events").DeleteOneAsync(Id(events[0]));
        var copy = (BsonDocument)events[1].DeepClone();
        copy["_id"] = new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard);
        copy.Remove("uniqueId");
        await Of("events").InsertOneAsync(copy);
        await Of("events").UpdateOneAsync(Id(events[2]), Builders<BsonDocument>.Update.Set("customerId", ObjectId.GenerateNewId()));
        await Of("events").UpdateOneAsync(Id(events[3]), Builders<BsonDocument>.Update.Set("data.Sent", -1L));
        await Of("customers").UpdateOneAsync(Id(customer), Builders<BsonDocument>.Update.Set("firstName", "Nobody's"));
        await Of("segment_index").DeleteOneAsync(Anything);

        var found = await run.AuditAsync();
        return Enum.GetValues<Count>().Where(count => found[count] == 0).Select(static count => $"the audit does not see what is {count.ToString().ToLowerInvariant()}");

        IMongoCollection<BsonDocument> Of(string name) => database.GetCollection<BsonDocument>(name);
        static FilterDefinition<BsonDocument> Id(BsonDocument document) => Builders<BsonDocument>.Filter.Eq("_id", document["_id"]);
    }
}
