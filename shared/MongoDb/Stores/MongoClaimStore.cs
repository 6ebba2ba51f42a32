using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary><c>claims</c>. A claim is never changed and never removed.</summary>
internal sealed class MongoClaimStore(MongoDatabase database) : IClaimStore
{
    private const int ClaimsAtATime = 5_000;

    /// <inheritdoc />
    public async Task<IReadOnlyList<Guid>> ClaimAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        var owners = new Guid[claims.Count];
        for (var first = 0; first < claims.Count; first += ClaimsAtATime)
            await ClaimAsync(claims, owners, first, Math.Min(ClaimsAtATime, claims.Count - first), cancellationToken);
        return owners;
    }

    /// <inheritdoc />
    public async Task<Guid?> FindAsync(string storeId, string uniqueId, CancellationToken cancellationToken) =>
        (await ReadAsync([Id(storeId, uniqueId)], cancellationToken)).Values.Select(id => (Guid?)id).FirstOrDefault();

    private static string Id(string storeId, string uniqueId) => $"{storeId}:{uniqueId}";

    private async Task ClaimAsync(IReadOnlyList<Claim> claims, Guid[] owners, int first, int count, CancellationToken cancellationToken)
    {
        var ids = Enumerable.Range(first, count).Select(i => Id(claims[i].StoreId, claims[i].UniqueId)).ToArray();
        var known = await ReadAsync(ids, cancellationToken);
        var missing = new List<int>(count);
        for (var i = 0; i < count; i++)
        {
            if (known.TryGetValue(ids[i], out var owner))
                owners[first + i] = owner;
            else
                missing.Add(i);
        }

        if (missing.Count == 0)
            return;
        var lost = (await InsertAsync(missing, ids, claims, first, cancellationToken)).Select(i => missing[i]).ToList();
        foreach (var i in missing)
            owners[first + i] = claims[first + i].EventId;
        if (lost.Count == 0)
            return;
        known = await ReadAsync([.. lost.Select(i => ids[i])], cancellationToken);
        foreach (var i in lost)
        {
            owners[first + i] = known.TryGetValue(ids[i], out var owner)
                ? owner
                : throw new InfrastructureException($"MongoDB at {database.Address}, claiming: a claim that was there is not read; trying again decides.");
        }
    }

    private async Task<IReadOnlyList<int>> InsertAsync(
        List<int> missing, string[] ids, IReadOnlyList<Claim> claims, int first, CancellationToken cancellationToken)
    {
        using var buffer = new BsonBuffer(missing.Count * 96);
        var ends = new List<int>(missing.Count);
        foreach (var i in missing)
        {
            var document = buffer.Begin();
            buffer.Write("_id"u8, ids[i]);
            buffer.Write("eventId"u8, claims[first + i].EventId);
            buffer.End(document);
            ends.Add(buffer.Length);
        }

        var bytes = new ByteArrayBuffer(buffer.Bytes, buffer.Length, isReadOnly: true);
        var documents = ends.Select((end, i) => new BsonSlice(bytes, i == 0 ? 0 : ends[i - 1], end - (i == 0 ? 0 : ends[i - 1]))).ToList();
        return await database.InsertAsync("claiming", database.Slices(Collections.Claims), documents, cancellationToken);
    }

    private async Task<Dictionary<string, Guid>> ReadAsync(string[] ids, CancellationToken cancellationToken)
    {
        var query = database.Documents(Collections.Claims).Find(MongoEventStore.In("_id", ids.Select(id => (BsonValue)id))).Project<BsonDocument>(new BsonDocument("eventId", 1));
        var found = await database.ListAsync("reading claims", query, cancellationToken);
        return found.ToDictionary(claim => claim["_id"].AsString, claim => claim["eventId"].ToUuid(), StringComparer.Ordinal);
    }
}
