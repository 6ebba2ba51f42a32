using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Proof.Auditing;

/// <summary>What the collections hold of one store.</summary>
internal sealed record StoredData(
    IReadOnlyList<BsonDocument> Events, IReadOnlyList<BsonDocument> Customers, IReadOnlyList<BsonDocument> Claims, IReadOnlyList<string> SegmentEntries,
    IReadOnlyList<BsonDocument> Catalog)
{
    /// <summary>Reads it.</summary>
    public static async Task<StoredData> ReadAsync(IMongoDatabase database, string store)
    {
        var own = Builders<BsonDocument>.Filter.Eq("storeId", store);
        return new StoredData(
            await Of("events").Find(own).ToListAsync(),
            await Of("customers").Find(own).ToListAsync(),
            await Of("claims").Find(Builders<BsonDocument>.Filter.Regex("_id", $"^{Regex.Escape(store)}:")).ToListAsync(),
            [.. (await Of("segment_index").Find(Builders<BsonDocument>.Filter.Regex("_id", $"^{Regex.Escape(store)}\u0001")).ToListAsync()).Select(static one => one["_id"].AsString)],
            await Of("event_catalog").Find(own).ToListAsync());

        IMongoCollection<BsonDocument> Of(string name) => database.GetCollection<BsonDocument>(name);
    }
}
