using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Driver;

namespace CustomEvents.MongoDb.Server;

/// <summary>
/// The connection that all stores share, and the time limit of each call. Writes are acknowledged by the majority, reads see what the majority
/// has: what a store answered cannot be rolled back. A write that failed on a duplicate key waits for the majority as well (the server then
/// waits for the last thing it did), so a majority read behind it sees the document it collided with.
/// </summary>
internal sealed class MongoDatabase : IDisposable
{
    /// <summary>How long a call may take (design section 4).</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    private readonly MongoClient _client;
    private readonly IMongoDatabase _database;
    private readonly TimeProvider _time;
    private readonly MongoMetrics _metrics;

    public MongoDatabase(IOptions<MongoDbOptions> options, TimeProvider time)
    {
        _time = time;
        _metrics = new MongoMetrics(options.Value.Database);
        var settings = MongoClientSettings.FromConnectionString(options.Value.ConnectionString);
        settings.ApplicationName ??= "custom-events";
        // Journaled, as a majority is on a replica set anyway, but not on a server alone or with writeConcernMajorityJournalDefault off.
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true);
        settings.ReadConcern = ReadConcern.Majority;
        settings.ReadPreference = ReadPreference.Primary;
        settings.ServerSelectionTimeout = CallLimit;
        settings.ConnectTimeout = CallLimit;
        settings.SocketTimeout = CallLimit;
        settings.WaitQueueTimeout = CallLimit;
        Address = string.Join(',', settings.Servers.Select(s => s.ToString()));
        _client = new MongoClient(settings);
        _database = _client.GetDatabase(options.Value.Database);
    }

    /// <summary>The servers by name, for messages.</summary>
    public string Address { get; }

    /// <summary>The database itself, for what is no store's: indexes and tests.</summary>
    public IMongoDatabase Database => _database;

    /// <summary>A collection as documents.</summary>
    public IMongoCollection<BsonDocument> Documents(string name) => _database.GetCollection<BsonDocument>(name);

    /// <summary>A collection whose documents are written as bytes that are BSON already.</summary>
    public IMongoCollection<Documents.BsonSlice> Slices(string name) => _database.GetCollection<Documents.BsonSlice>(
        name, new MongoCollectionSettings { AssignIdOnInsert = false });

    static MongoDatabase() => BsonSerializer.TryRegisterSerializer(MongoDb.Documents.BsonSliceSerializer.Instance);

    /// <summary>Runs a call under the time limit and turns what the driver throws into what the ports say.</summary>
    /// <param name="what">What is done, for messages: "reading claims".</param>
    /// <param name="call">The call; it hands on the token.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<T> CallAsync<T>(string what, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var began = _time.GetTimestamp();
        var error = nameof(OperationCanceledException);
        try
        {
            var answer = await call(both.Token);
            error = null;
            return answer;
        }
        catch (Exception thrown) when (thrown is not OperationCanceledException || limit.IsCancellationRequested)
        {
            error = thrown.GetType().Name;
            // A call that is cancelled while it reads is told as a broken connection.
            cancellationToken.ThrowIfCancellationRequested();
            if (MongoFaults.Translate(thrown, $"MongoDB at {Address}, {what}", limit.IsCancellationRequested) is { } translated)
                throw translated;
            throw;
        }
        finally
        {
            _metrics.Called(what, _time.GetElapsedTime(began), error);
        }
    }

    /// <summary>The same for a call without a result.</summary>
    public Task CallAsync(string what, Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        CallAsync(what, async token => { await call(token); return true; }, cancellationToken);

    /// <summary>All documents of a query.</summary>
    public Task<List<T>> ListAsync<T>(string what, IFindFluent<BsonDocument, T> query, CancellationToken cancellationToken) =>
        CallAsync(what, token => query.ToListAsync(token), cancellationToken);

    /// <summary>The documents of a query one by one; each fetch has a time limit of its own.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string what, IFindFluent<BsonDocument, T> query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cursor = await CallAsync(what, token => query.ToCursorAsync(token), cancellationToken);
        while (await CallAsync(what, cursor.MoveNextAsync, cancellationToken))
        {
            foreach (var item in cursor.Current)
                yield return item;
        }
    }

    /// <summary>Inserts unordered. The indexes of documents that failed on a duplicate key; any other failure is thrown.</summary>
    public Task<IReadOnlyList<int>> InsertAsync<T>(
        string what, IMongoCollection<T> collection, IEnumerable<T> documents, CancellationToken cancellationToken) => CallAsync<IReadOnlyList<int>>(
        what,
        async token =>
        {
            try
            {
                await collection.InsertManyAsync(documents, new InsertManyOptions { IsOrdered = false }, token);
                return [];
            }
            catch (MongoBulkWriteException<T> failed) when (MongoFaults.OnlyDuplicates(failed))
            {
                return [.. failed.WriteErrors.Select(error => error.Index)];
            }
        },
        cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();
}
