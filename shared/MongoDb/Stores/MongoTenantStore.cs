using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary><c>stores</c> and <c>api_keys</c>.</summary>
internal sealed class MongoTenantStore : ITenantStore
{
    private const int KeysAtATime = 5_000;

    private readonly MongoDatabase _database;
    private readonly CallGroup<string, Dictionary<string, ApiKey>> _findingKeys;

    public MongoTenantStore(MongoDatabase database)
    {
        _database = database;
        // A client that hangs up is no reason to break a connection to the database.
        _findingKeys = new((hashes, _) => FindKeysAsync(hashes), KeysAtATime);
    }

    private IMongoCollection<BsonDocument> StoresCollection => _database.Documents(Collections.Stores);

    private IMongoCollection<BsonDocument> KeysCollection => _database.Documents(Collections.Keys);

    /// <inheritdoc />
    public Task<bool> StoreExistsAsync(string storeId, CancellationToken cancellationToken) => _database.CallAsync(
        "looking a store up", token => StoresCollection.Find(new BsonDocument("_id", storeId)).AnyAsync(token), cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlySet<string>> FindStoresAsync(IReadOnlyCollection<string> storeIds, CancellationToken cancellationToken)
    {
        var query = StoresCollection.Find(MongoEventStore.In("_id", storeIds.Select(storeId => (BsonValue)storeId))).Project<BsonDocument>(new BsonDocument("_id", 1));
        return (await _database.ListAsync("looking stores up", query, cancellationToken)).Select(document => document["_id"].AsString).ToHashSet(StringComparer.Ordinal);
    }

    /// <inheritdoc />
    public async Task<bool> CreateStoreAsync(Store store, CancellationToken cancellationToken)
    {
        var document = new BsonDocument { { "_id", store.StoreId }, { "createdAt", store.CreatedAt.ToBson() } };
        return (await _database.InsertAsync("creating a store", StoresCollection, [document], cancellationToken)).Count == 0;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Store>> ListStoresAsync(CancellationToken cancellationToken)
    {
        var found = await _database.ListAsync(
            "listing stores", StoresCollection.Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).As<BsonDocument>(), cancellationToken);
        return [.. found.Select(document => new Store(document["_id"].AsString, document["createdAt"].ToUniversalTime()))];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ApiKey>> FindKeysAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellationToken)
    {
        // Requests of many stores that come at once, after a pause, each ask for their own key.
        var (keys, _) = await _findingKeys.RunAsync([.. hashes], cancellationToken).WaitAsync(cancellationToken);
        return [.. hashes.Select(hash => keys.GetValueOrDefault(hash)).OfType<ApiKey>()];
    }

    /// <inheritdoc />
    public async Task CreateKeyAsync(ApiKey key, CancellationToken cancellationToken)
    {
        var document = new BsonDocument { { "_id", key.Hash }, { "keyId", key.KeyId }, { "storeId", key.StoreId } };
        if (key.Name is { } name)
            document.Add("name", name);
        document.Add("scopes", new BsonArray(key.Scopes));
        document.Add("createdAt", key.CreatedAt.ToBson());
        if (key.ExpiresAt is { } expiresAt)
            document.Add("expiresAt", expiresAt.ToBson());
        if (key.RevokedAt is { } revokedAt)
            document.Add("revokedAt", revokedAt.ToBson());
        var taken = await _database.InsertAsync("adding a key", KeysCollection, [document], cancellationToken);
        if (taken.Count > 0)
            throw new InvalidOperationException("A key with this hash is there already; keys are random, so the caller added one twice.");
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ApiKey>> ListKeysAsync(string storeId, CancellationToken cancellationToken)
    {
        var found = await _database.ListAsync(
            "listing keys",
            KeysCollection.Find(new BsonDocument("storeId", storeId)).Sort(new BsonDocument { { "createdAt", 1 }, { "keyId", 1 } }).As<BsonDocument>(),
            cancellationToken);
        return [.. found.Select(Read)];
    }

    /// <inheritdoc />
    public async Task<ApiKey?> RevokeKeyAsync(string keyId, DateTime revokedAt, CancellationToken cancellationToken)
    {
        await _database.CallAsync(
            "revoking a key",
            token => KeysCollection.UpdateOneAsync(
                new BsonDocument { { "keyId", keyId }, { "revokedAt", new BsonDocument("$exists", false) } },
                new BsonDocument("$set", new BsonDocument("revokedAt", revokedAt.ToBson())),
                cancellationToken: token),
            cancellationToken);
        return await FindOneAsync(new BsonDocument("keyId", keyId), cancellationToken);
    }

    private async Task<Dictionary<string, ApiKey>> FindKeysAsync(IReadOnlyList<string> hashes)
    {
        var query = KeysCollection.Find(MongoEventStore.In("_id", hashes.Distinct().Select(hash => (BsonValue)hash))).As<BsonDocument>();
        return (await _database.ListAsync("looking keys up", query, CancellationToken.None)).ConvertAll(Read).ToDictionary(key => key.Hash, StringComparer.Ordinal);
    }

    private static ApiKey Read(BsonDocument document) => new(
        document["_id"].AsString, document["keyId"].AsString, document["storeId"].AsString, document.ToText("name"),
        [.. document["scopes"].AsBsonArray.Select(scope => scope.AsString)], document["createdAt"].ToUniversalTime(), document.ToTime("expiresAt"),
        document.ToTime("revokedAt"));

    private async Task<ApiKey?> FindOneAsync(BsonDocument filter, CancellationToken cancellationToken)
    {
        var found = await _database.CallAsync(
            "looking a key up", token => KeysCollection.Find(filter).FirstOrDefaultAsync(token), cancellationToken);
        return found is null ? null : Read(found);
    }
}
