using CustomEvents.Pipeline;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Server;

/// <summary>Whether MongoDB is there, with the indexes that the stores need.</summary>
internal sealed class MongoDependency(MongoDatabase database) : IDependency
{
    // An index of a large collection takes its time, and nothing works without it; the server builds it once, whoever asks.
    private const int IndexOptionsConflict = 85;
    private const int IndexKeySpecsConflict = 86;
    private const int DuplicateKey = 11000;

    /// <inheritdoc />
    public string Name => "mongodb";

    /// <inheritdoc />
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var collection in IndexPlan.All.GroupBy(plan => plan.Collection))
        {
            var listed = await database.CallAsync(
                "listing indexes",
                async token => await (await database.Documents(collection.Key).Indexes.ListAsync(token)).ToListAsync(token),
                cancellationToken);
            foreach (var plan in collection)
            {
                if (listed.Any(plan.IsMetBy))
                    continue;
                if (listed.Find(plan.Collides) is { } other)
                    throw Conflict(plan, other["name"].AsString);
                await CreateAsync(plan, cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.CallAsync(
                "ping", token => database.Database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), ReadPreference.Primary, token), cancellationToken);
            return null;
        }
        catch (InfrastructureException away)
        {
            return away.Message;
        }
        catch (MongoException refused)
        {
            return $"MongoDB at {database.Address}, ping: {refused.Message}";
        }
    }

    private async Task CreateAsync(IndexPlan plan, CancellationToken cancellationToken)
    {
        var command = new BsonDocument { { "createIndexes", plan.Collection }, { "indexes", new BsonArray { plan.ToSpecification() } }, { "writeConcern", new BsonDocument("w", "majority") } };
        try
        {
            await database.CallAsync(
                $"creating index {plan.Name} of {plan.Collection}", token => database.Database.RunCommandAsync<BsonDocument>(command, cancellationToken: token), cancellationToken);
        }
        catch (MongoCommandException failed) when (failed.Code is IndexOptionsConflict or IndexKeySpecsConflict)
        {
            throw Conflict(plan, plan.Name);
        }
        catch (MongoCommandException failed) when (failed.Code == DuplicateKey)
        {
            throw new InfrastructureException(
                $"MongoDB at {database.Address}: the unique index {plan.Name} of {plan.Collection} cannot be made, since documents have one value twice. "
                + $"Make it by hand with db.{plan.Collection}.createIndex, which names such a value; remove one of each and the service goes on by itself.", failed);
        }
        catch (MongoCommandException failed)
        {
            throw new InfrastructureException($"MongoDB at {database.Address}: the index {plan.Name} of {plan.Collection} cannot be made: {failed.Message}", failed);
        }
    }

    private InfrastructureException Conflict(IndexPlan plan, string existing) => new(
        $"MongoDB at {database.Address}: the index {existing} of {plan.Collection} has other options than the pipeline needs, which are {plan.ToSpecification().ToJson()}. "
        + $"Drop it (db.{plan.Collection}.dropIndex(\"{existing}\")) and the service makes its own; until then it does not work.");
}
