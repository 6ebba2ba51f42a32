using CustomEvents.Events;
using CustomEvents.MongoDb.Documents;
using CustomEvents.MongoDb.Server;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Stores;

/// <summary><c>rejections</c>; the server deletes them after 30 days.</summary>
internal sealed class MongoRejectionStore(MongoDatabase database) : IRejectionStore
{
    private const int BytesAtATime = 16 * 1024 * 1024;
    private const int Attempts = 5;
    private static readonly BsonDocument WithoutPayload = new("payload", 0);

    private IMongoCollection<BsonDocument> Rejections => database.Documents(Collections.Rejections);

    /// <inheritdoc />
    public async Task AddAsync(IReadOnlyList<Rejection> rejections, CancellationToken cancellationToken)
    {
        var part = new List<WriteModel<BsonDocument>>();
        var bytes = 0;
        foreach (var rejection in rejections)
        {
            part.Add(new ReplaceOneModel<BsonDocument>(new BsonDocument("_id", rejection.Id), ToDocument(rejection)) { IsUpsert = true });
            bytes += rejection.Payload.Length + 1024;
            if (bytes < BytesAtATime)
                continue;
            await WriteAsync(part, cancellationToken);
            part.Clear();
            bytes = 0;
        }

        if (part.Count > 0)
            await WriteAsync(part, cancellationToken);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<Rejection> ListAsync(
        RejectionFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new BsonDocument();
        if (filter.StoreId is { } storeId)
            query.Add("storeId", storeId);
        if (filter.Code is { } code)
            query.Add("code", code.ToText());
        if (filter.Since is { } since)
            query.Add("rejectedAt", new BsonDocument("$gte", since.ToBson()));
        if (filter.EventId is { } eventId)
            query.Add("eventId", eventId.ToBson());
        var found = Rejections.Find(query).Sort(new BsonDocument("rejectedAt", -1)).Project<BsonDocument>(WithoutPayload);
        await foreach (var document in database.StreamAsync("listing rejections", found, cancellationToken))
            yield return Read(document);
    }

    /// <inheritdoc />
    public async Task<Rejection?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var found = await database.CallAsync(
            "reading a rejection", token => Rejections.Find(new BsonDocument("_id", id)).FirstOrDefaultAsync(token), cancellationToken);
        return found is null ? null : Read(found);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<Rejection>> LookUpAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var query = new BsonDocument("_id", new BsonDocument("$in", new BsonArray(ids)));
        var found = await database.ListAsync("looking up rejections", Rejections.Find(query).Project<BsonDocument>(WithoutPayload), cancellationToken);
        return found.ConvertAll(Read);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyDictionary<ErrorCode, long>> CountAsync(DateTime since, CancellationToken cancellationToken)
    {
        var pipeline = new[]
        {
            new BsonDocument("$match", new BsonDocument("rejectedAt", new BsonDocument("$gte", since.ToBson()))),
            new BsonDocument("$group", new BsonDocument { { "_id", "$code" }, { "count", new BsonDocument("$sum", 1L) } }),
        };
        var found = await database.CallAsync(
            "counting rejections",
            async token =>
            {
                using var cursor = await Rejections.AggregateAsync<BsonDocument>(pipeline, cancellationToken: token);
                return await cursor.ToListAsync(token);
            },
            cancellationToken);
        var counts = new Dictionary<ErrorCode, long>();
        foreach (var group in found)
        {
            var code = CodeOf(group["_id"].AsString);
            counts[code] = counts.GetValueOrDefault(code) + group["count"].ToInt64();
        }

        return counts;
    }

    /// <inheritdoc />
    public Task MarkReplayedAsync(string id, DateTime rejectedAt, DateTime replayedAt, CancellationToken cancellationToken) => database.CallAsync(
        "noting a replay",
        token => Rejections.UpdateOneAsync(
            new BsonDocument { { "_id", id }, { "rejectedAt", rejectedAt.ToBson() } },
            new BsonDocument("$set", new BsonDocument("replayedAt", replayedAt.ToBson())),
            cancellationToken: token),
        cancellationToken);

    // A code that a newer version wrote is shown as what this one knows of it: nothing.
    private static ErrorCode CodeOf(string text) => ErrorCodes.TryParse(text, out var known) ? known : ErrorCode.Unprocessable;

    private static BsonDocument ToDocument(Rejection rejection)
    {
        var source = new BsonDocument("topic", rejection.SourceTopic);
        if (rejection.SourcePartition is { } partition)
            source.Add("partition", partition);
        if (rejection.SourceOffset is { } offset)
            source.Add("offset", offset);
        var document = new BsonDocument("_id", rejection.Id);
        if (rejection.StoreId is { } storeId)
            document.Add("storeId", storeId);
        document.Add("stage", rejection.Stage);
        document.Add("code", rejection.Code.ToText());
        document.Add("detail", rejection.Detail);
        if (rejection.Pointer is { } pointer)
            document.Add("pointer", pointer);
        document.Add("rejectedAt", rejection.RejectedAt.ToBson());
        document.Add("eventId", rejection.EventId.ToBson());
        document.Add("source", source);
        document.Add("headers", new BsonArray(rejection.Headers.Select(header => header.Value is { } value
            ? new BsonDocument { { "key", header.Key }, { "value", new BsonBinaryData(value) } }
            : new BsonDocument("key", header.Key))));
        document.Add("payload", new BsonBinaryData(rejection.Payload.ToArray()));
        if (rejection.ReplayedAt is { } replayedAt)
            document.Add("replayedAt", replayedAt.ToBson());
        return document;
    }

    private static Rejection Read(BsonDocument document)
    {
        var source = document["source"].AsBsonDocument;
        return new Rejection(
            document["_id"].AsString, document.ToText("storeId"), document["stage"].AsString,
            CodeOf(document["code"].AsString), document["detail"].AsString,
            document.ToText("pointer"), document["rejectedAt"].ToUniversalTime(), document["eventId"].ToUuid(), source["topic"].AsString,
            source.TryGetValue("partition", out var partition) ? partition.ToInt32() : null,
            source.TryGetValue("offset", out var offset) ? offset.ToInt64() : null,
            [.. document["headers"].AsBsonArray.Select(h => new RecordHeader(h["key"].AsString, h.AsBsonDocument.TryGetValue("value", out var value) ? value.AsByteArray : null))],
            document.TryGetValue("payload", out var payload) ? payload.AsByteArray : default, document.ToTime("replayedAt"));
    }

    private Task WriteAsync(List<WriteModel<BsonDocument>> writes, CancellationToken cancellationToken) => database.CallAsync(
        "storing rejections",
        async token =>
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await Rejections.BulkWriteAsync(writes, new BulkWriteOptions { IsOrdered = false }, token);
                    return;
                }
                catch (MongoBulkWriteException<BsonDocument> raced) when (attempt < Attempts && MongoFaults.OnlyDuplicates(raced))
                {
                    // Two upserts of one id at once: one of them inserted, and now it is there to be replaced.
                    writes = [.. raced.WriteErrors.Select(error => writes[error.Index])];
                }
            }
        },
        cancellationToken);
}
