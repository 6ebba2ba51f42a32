using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary>
/// <c>claims</c>. A claim is never changed and never removed. That of a <c>uniqueId</c> has the <c>_id</c> <c>storeId:uniqueId</c>, that of an event-id the id as text, which
/// has no colon and so is nobody's <c>uniqueId</c>.
/// </summary>
internal sealed class MongoClaimStore : IClaimStore
{
    private const int ClaimsAtATime = 5_000;

    private readonly MongoDatabase _database;
    private readonly CallGroup<Claim, Guid[]> _claiming;
    private readonly CallGroup<IdClaim, IdClaim[]> _claimingIds;

    // Where some of the last ones were held, these may be too, and asking is cheaper than colliding; else asking is in vain.
    private volatile bool _areSomeHeld;

    public MongoClaimStore(MongoDatabase database)
    {
        _database = database;
        _claiming = new(ClaimTogetherAsync, ClaimsAtATime);
        _claimingIds = new(ClaimIdsTogetherAsync, ClaimsAtATime);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<Guid>> ClaimAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken) =>
        _claiming.RunForOwnAsync(claims, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<IdClaim>> ClaimIdsAsync(IReadOnlyList<IdClaim> claims, CancellationToken cancellationToken) =>
        _claimingIds.RunForOwnAsync(claims, cancellationToken);

    /// <inheritdoc />
    public async Task<Guid?> FindAsync(string storeId, string uniqueId, CancellationToken cancellationToken) =>
        (await ReadAsync([Id(storeId, uniqueId)], cancellationToken)).Values.Select(id => (Guid?)id).FirstOrDefault();

    private static string Id(string storeId, string uniqueId) => $"{storeId}:{uniqueId}";

    private async Task<Guid[]> ClaimTogetherAsync(IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        var owners = new Guid[claims.Count];
        for (var first = 0; first < claims.Count; first += ClaimsAtATime)
            await ClaimAsync(claims, owners, first, Math.Min(ClaimsAtATime, claims.Count - first), cancellationToken);
        return owners;
    }

    private async Task<IdClaim[]> ClaimIdsTogetherAsync(IReadOnlyList<IdClaim> claims, CancellationToken cancellationToken)
    {
        var holders = claims.ToArray();

        // Nearly all are new: asking first would be in vain.
        var taken = await _database.InsertAsync("claiming", Collections.Claims, claims, Write, cancellationToken);
        foreach (var part in taken.Chunk(ClaimsAtATime))
        {
            var query = _database.Documents(Collections.Claims).Find(MongoEventStore.In("_id", part.Select(i => (BsonValue)claims[i].EventId.ToString())));
            var found = (await _database.ListAsync("reading claims", query, cancellationToken)).ToDictionary(claim => claim["eventId"].ToUuid(), Read);
            foreach (var i in part)
                holders[i] = found.TryGetValue(claims[i].EventId, out var holder) ? holder : throw NotRead();
        }

        return holders;
    }

    private async Task ClaimAsync(IReadOnlyList<Claim> claims, Guid[] owners, int first, int count, CancellationToken cancellationToken)
    {
        var ids = Enumerable.Range(first, count).Select(i => Id(claims[i].StoreId, claims[i].UniqueId)).ToArray();
        var known = _areSomeHeld ? await ReadAsync(ids, cancellationToken) : [];
        _areSomeHeld = known.Count > 0;
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
        var taken = await _database.InsertAsync(
            "claiming",
            Collections.Claims,
            missing,
            (buffer, i) =>
            {
                var document = buffer.Begin();
                buffer.Write("_id"u8, ids[i]);
                buffer.Write("eventId"u8, claims[first + i].EventId);
                buffer.End(document);
            },
            cancellationToken);
        var lost = taken.Select(i => missing[i]).ToList();
        foreach (var i in missing)
            owners[first + i] = claims[first + i].EventId;
        if (lost.Count == 0)
            return;
        _areSomeHeld = true;
        known = await ReadAsync([.. lost.Select(i => ids[i])], cancellationToken);
        foreach (var i in lost)
            owners[first + i] = known.TryGetValue(ids[i], out var owner) ? owner : throw NotRead();
    }

    private static void Write(BsonBuffer buffer, IdClaim claim)
    {
        var document = buffer.Begin();
        buffer.Write("_id"u8, claim.EventId.ToString());
        buffer.Write("eventId"u8, claim.EventId);
        buffer.Write("_storeId"u8, claim.StoreId);
        buffer.Write("_usedBy"u8, claim.Position);
        buffer.Write("_content"u8, claim.Content);
        buffer.End(document);
    }

    private static IdClaim Read(BsonDocument claim) =>
        new(claim["eventId"].ToUuid(), claim["_storeId"].AsString, claim["_usedBy"].ToPosition(), claim["_content"].ToInt64());

    private InfrastructureException NotRead() =>
        new($"MongoDB at {_database.Address}, claiming: a claim that was there is not read; trying again decides.");

    private async Task<Dictionary<string, Guid>> ReadAsync(string[] ids, CancellationToken cancellationToken)
    {
        var query = _database.Documents(Collections.Claims).Find(MongoEventStore.In("_id", ids.Select(id => (BsonValue)id))).Project<BsonDocument>(new BsonDocument("eventId", 1));
        var found = await _database.ListAsync("reading claims", query, cancellationToken);
        return found.ToDictionary(claim => claim["_id"].AsString, claim => claim["eventId"].ToUuid(), StringComparer.Ordinal);
    }
}
