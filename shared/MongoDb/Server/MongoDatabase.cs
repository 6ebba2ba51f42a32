using CustomEvents.MongoDb.Documents;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
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

    // MongoDB takes 16 MiB and 16 KiB as one command: room for the largest document, which goes alone. Less at a time keeps the buffers small, here and in
    // the driver, and a call far within its limit on a slow server.
    private const int BufferBytes = 1024 * 1024;
    // So that the item that is one too many has room, where it is of up to 32 KiB: else the buffer grows to twice its size for it.
    private const int BytesAtATime = BufferBytes - (32 * 1024);
    private const int ItemsAtATime = 10_000;

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
    public Task<IReadOnlyList<int>> InsertAsync(
        string what, IMongoCollection<BsonDocument> collection, IEnumerable<BsonDocument> documents, CancellationToken cancellationToken) => CallAsync<IReadOnlyList<int>>(
        what,
        async token =>
        {
            try
            {
                await collection.InsertManyAsync(documents, new InsertManyOptions { IsOrdered = false }, token);
                return [];
            }
            catch (MongoBulkWriteException<BsonDocument> failed) when (MongoFaults.OnlyDuplicates(failed))
            {
                return [.. failed.WriteErrors.Select(error => error.Index)];
            }
        },
        cancellationToken);

    /// <summary>
    /// The same for documents that are written as BSON, in commands of our own: the driver makes several objects for each document. Each command has a
    /// time limit of its own. One whose answer is lost is not sent again: who tries again finds its own documents as duplicates.
    /// </summary>
    /// <param name="what">What is done, for messages.</param>
    /// <param name="collection">The collection's name.</param>
    /// <param name="items">What the documents are made of.</param>
    /// <param name="write">Writes the document of an item; it may be asked twice for one.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<IReadOnlyList<int>> InsertAsync<T>(
        string what, string collection, IEnumerable<T> items, Action<BsonBuffer, T> write, CancellationToken cancellationToken)
    {
        var duplicates = new List<int>();
        await SendAsync(
            what, new BsonDocument("insert", collection), "documents", items, write,
            (answer, first) => duplicates.AddRange(MongoFaults.Duplicates(answer).Select(index => first + index)),
            cancellationToken);
        return duplicates;
    }

    /// <summary>The same for updates: how many found a document.</summary>
    /// <param name="what">What is done, for messages.</param>
    /// <param name="collection">The collection's name.</param>
    /// <param name="items">What the updates are made of.</param>
    /// <param name="write">Writes the update of an item, <c>{q: …, u: …}</c>; it may be asked twice for one.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<int> UpdateAsync<T>(
        string what, string collection, IEnumerable<T> items, Action<BsonBuffer, T> write, CancellationToken cancellationToken)
    {
        var found = 0;
        await SendAsync(
            what, new BsonDocument("update", collection), "updates", items, write, (answer, _) => found += MongoFaults.Found(answer), cancellationToken);
        return found;
    }

    /// <summary>Sends a command with a list of items, in as many parts as it takes. What was answered is read with the number of the part's first item.</summary>
    private async Task SendAsync<T>(
        string what, BsonDocument head, string list, IEnumerable<T> items, Action<BsonBuffer, T> write, Action<BsonDocument, int> read, CancellationToken cancellationToken)
    {
        using var written = new BsonBuffer(BufferBytes);
        var start = written.Begin();
        var (first, count) = (0, 0);
        foreach (var item in items)
        {
            var length = written.Length;
            written.Element(count);
            write(written, item);
            if (count > 0 && (count == ItemsAtATime || written.Length > BytesAtATime))
            {
                written.Shrink(length);
                await SendPartAsync();
                written.Element(0);
                write(written, item);
            }

            count++;
        }

        if (count > 0)
            await SendPartAsync();

        async Task SendPartAsync()
        {
            written.End(start);
            using var array = written.ToArray();
            // To a command that it is told to run, the driver adds no write concern.
            var command = new BsonDocument(head) { { "ordered", false }, { "writeConcern", _database.Settings.WriteConcern.ToBsonDocument() }, { list, array } };
            await CallAsync(
                what, async token => read(await _database.RunCommandAsync<BsonDocument>(command, cancellationToken: token), first), cancellationToken);
            first += count;
            count = 0;
            written.Shrink(0);
            start = written.Begin();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();
}
