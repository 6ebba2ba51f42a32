using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary>Reads <c>events</c>.</summary>
internal sealed class MongoEventReader(MongoDatabase database) : IEventReader
{
    internal static readonly JsonWriterSettings Relaxed = new() { OutputMode = JsonOutputMode.RelaxedExtendedJson };

    /// <inheritdoc />
    public Task<StoredEvent?> FindByEventIdAsync(string storeId, Guid eventId, CancellationToken cancellationToken) =>
        FindAsync(new BsonDocument { { "_id", eventId.ToBson() }, { "storeId", storeId } }, cancellationToken);

    /// <inheritdoc />
    public Task<StoredEvent?> FindByUniqueIdAsync(string storeId, string uniqueId, CancellationToken cancellationToken) =>
        FindAsync(new BsonDocument { { "storeId", storeId }, { "uniqueId", uniqueId } }, cancellationToken);

    private async Task<StoredEvent?> FindAsync(BsonDocument filter, CancellationToken cancellationToken)
    {
        var found = await database.CallAsync(
            "reading an event", token => database.Documents(Collections.Events).Find(filter).FirstOrDefaultAsync(token), cancellationToken);
        return found is null
            ? null
            : new StoredEvent(
                found["_id"].ToUuid(), found["storeId"].AsString, found.ToText("uniqueId"), found["receivedAt"].ToUniversalTime(), found.ToJson(Relaxed));
    }
}
