using System.Diagnostics;
using CustomEvents.Proof.Auditing;
using CustomEvents.Proof.Ledger;
using CustomEvents.Proof.Load;
using CustomEvents.Proof.Running;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Proof.Faults;

/// <summary>One fault on a pipeline of its own: what the fault may use, and the audit behind it.</summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly List<RawRecord> _earlier = [];
    private readonly Control? _control;
    private readonly bool _isScattered;
    private RunningLoad? _load;

    private FaultRun(ProofOptions options, Deployment pipeline, SendLedger ledger, bool isScattered)
    {
        Options = options;
        Pipeline = pipeline;
        Ledger = ledger;
        _isScattered = isScattered;
        _control = options.Control is { } command ? new Control(command) : null;
    }

    /// <summary>The options.</summary>
    public ProofOptions Options { get; }

    /// <summary>The pipeline.</summary>
    public Deployment Pipeline { get; }

    /// <summary>The ledger.</summary>
    public SendLedger Ledger { get; }

    /// <summary>Chooses moments.</summary>
    public Random Random { get; } = new();

    /// <summary>How long each recovery took.</summary>
    public List<TimeSpan> Recoveries { get; } = [];

    /// <summary>What else was measured, in words.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>What the fault itself found wrong: it was not recovered from in time, or cost others too much.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>What has to be refused beside the invalid records of the raw topic: stage and payload.</summary>
    public List<(string Stage, byte[] Payload)> OtherRejections { get; } = [];

    /// <summary>Who controls the servers.</summary>
    public Control Control => _control ?? throw new InvalidOperationException("There is no PROOF_CONTROL.");

    /// <summary>Starts a pipeline.</summary>
    public static async Task<FaultRun> StartAsync(ProofOptions options, Fault fault, string logs)
    {
        var ledger = new SendLedger();
        return new FaultRun(options, await Deployment.StartAsync(options, ledger, fault.Instances, logs), ledger, fault.IsScattered);
    }

    /// <summary>Starts the load, where none runs.</summary>
    public void StartLoad() => _load ??= new RunningLoad(Pipeline, Options.Rate);

    /// <summary>Stops the load; what was begun is answered or given up when this returns.</summary>
    public async Task StopLoadAsync()
    {
        if (_load is null)
            return;
        await _load.StopAsync();
        await _load.DisposeAsync();
        _load = null;
    }

    /// <summary>Lets a random moment of the load pass.</summary>
    public Task RandomMomentAsync() => Task.Delay(TimeSpan.FromMilliseconds(Random.Next(300, 2_500)));

    /// <summary>The fault is over: measures how long it takes until, of each store, an event that is sent now is stored, and so all before it.</summary>
    public async Task RecoverAsync()
    {
        var since = Stopwatch.StartNew();
        var recovered = await Task.WhenAll(Pipeline.Stores.Select(ProbeAsync));
        Recoveries.Add(since.Elapsed);
        if (recovered.Contains(false))
            Failures.Add($"not recovered within {RecoveryLimit.TotalSeconds} s");
    }

    /// <summary>Stops the load, and waits until everything is stored.</summary>
    public async Task DrainAsync()
    {
        await StopLoadAsync();
        if (!(await Task.WhenAll(Pipeline.Stores.Select(ProbeAsync))).All(static one => one))
            Failures.Add($"not drained within {RecoveryLimit.TotalSeconds} s");
        await AwaitRejectionsAsync();
    }

    /// <summary>Keeps what the raw topic holds: it is about to be deleted.</summary>
    public void KeepLog() => _earlier.AddRange(RawLog.Read(Options.Kafka, Pipeline.RawTopic, Deployment.Partitions));

    /// <summary>How many of the kept records are of a store.</summary>
    public int KeptOf(string store) => _earlier.Count(record => record.Key == store);

    /// <summary>How many events of a store are stored.</summary>
    public Task<long> CountStoredAsync(string store) => Collection("events").CountDocumentsAsync(Builders<BsonDocument>.Filter.Eq("storeId", store));

    /// <summary>Waits until a number of events of a store is stored.</summary>
    public async Task AwaitStoredAsync(string store, long count)
    {
        for (var since = Stopwatch.StartNew(); since.Elapsed < RecoveryLimit; await Task.Delay(Poll))
        {
            if (await CountStoredAsync(store) >= count)
                return;
        }

        Failures.Add($"{store} has not {count} events within {RecoveryLimit.TotalSeconds} s");
    }

    /// <summary>Compares what was answered, what lies in the log, and what is stored.</summary>
    public async Task<Findings> AuditAsync()
    {
        var findings = new Findings();
        var sends = Ledger.Sends;
        var models = Pipeline.Stores.ToDictionary(static store => store.Id, static store => new Model(store.Id));
        var stored = new Dictionary<string, StoredData>();
        foreach (var store in models.Keys)
            stored[store] = await StoredData.ReadAsync(Pipeline.Database, store);
        List<RawRecord> records = [.. _earlier, .. RawLog.Read(Options.Kafka, Pipeline.RawTopic, Deployment.Partitions)];
        var rejected = LogAudit.Audit(sends, _isScattered ? StoredFirst(records, stored.Values) : records, models, findings);
        foreach (var (store, model) in models)
        {
            EventsAudit.Audit(model, stored[store], Pipeline.RawTopic, findings);
            CustomersAudit.Audit(model, stored[store], !_isScattered, findings);
        }

        RejectionsAudit.Audit(sends, rejected, OtherRejections, await Collection("rejections").Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(), findings);
        await AuditTotalsAsync(stored.Values, findings);
        foreach (var complaint in Ledger.Complaints)
            findings.Add(Count.Altered, complaint);
        var valid = sends.Where(static send => send.Fault is null).ToArray();
        findings.Accepted = valid.Count(static send => send.Outcome == Outcome.Accepted);
        findings.Unknown = valid.Count(static send => send.Outcome == Outcome.Unknown);
        findings.Duplicates = models.Values.Sum(static model => model.Dropped.Count);
        findings.Stored = stored.Values.Sum(static data => data.Events.Count);
        return findings;
    }

    public async ValueTask DisposeAsync()
    {
        if (_load is not null)
            await _load.DisposeAsync();
        await Pipeline.DisposeAsync();
    }

    // Where a store's records stand in no order, the stored event is the one that the pipeline took for the first.
    private static List<RawRecord> StoredFirst(List<RawRecord> records, IEnumerable<StoredData> stored)
    {
        var numbers = stored.SelectMany(static data => data.Events).Select(static one => one["extra"]["n"].ToInt32()).ToHashSet();
        return [.. records.OrderBy(record => record.Number is { } number && numbers.Contains(number) ? 0 : 1)];
    }

    private async Task<bool> ProbeAsync(ProofStore store)
    {
        var since = Stopwatch.StartNew();
        var probe = store.Traffic.NextProbe();
        if (!await store.Client.SendUntilAnsweredAsync([probe], Channel.Single, representation: true, RecoveryLimit) || probe.EventId is not { } id)
            return false;
        for (; since.Elapsed < RecoveryLimit; await Task.Delay(Poll))
        {
            if (await Collection("events").CountDocumentsAsync(Builders<BsonDocument>.Filter.Eq("_id", new BsonBinaryData(id, GuidRepresentation.Standard))) == 1)
                return true;
        }

        return false;
    }

    // Records without a store's key lie in any partition, and rejections go another way: no probe stands behind them.
    private async Task AwaitRejectionsAsync()
    {
        var expected = Ledger.Sends.Count(static send => send is { Fault: not null, Outcome: Outcome.Accepted, Channel: not Channel.Single }) + OtherRejections.Count;
        for (var since = Stopwatch.StartNew(); since.Elapsed < RecoveryLimit; await Task.Delay(Poll))
        {
            if (await Collection("rejections").CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty) >= expected)
                return;
        }
    }

    private async Task AuditTotalsAsync(IReadOnlyCollection<StoredData> stored, Findings findings)
    {
        await CheckAsync(Count.Doubled, "events", stored.Sum(static one => one.Events.Count));
        await CheckAsync(Count.Misattributed, "customers", stored.Sum(static one => one.Customers.Count));
        await CheckAsync(Count.Misattributed, "claims", stored.Sum(static one => one.Claims.Count), Builders<BsonDocument>.Filter.Regex("_id", ":"));
        await CheckAsync(Count.Unindexed, "segment_index", stored.Sum(static one => one.SegmentEntries.Count));
        await CheckAsync(Count.Unindexed, "event_catalog", stored.Sum(static one => one.Catalog.Count));

        async Task CheckAsync(Count count, string collection, long ofStores, FilterDefinition<BsonDocument>? which = null)
        {
            if (await Collection(collection).CountDocumentsAsync(which ?? FilterDefinition<BsonDocument>.Empty) is var all && all != ofStores)
                findings.Add(count, $"{collection} holds {all} documents, and {ofStores} are of a store");
        }
    }

    private IMongoCollection<BsonDocument> Collection(string name) => Pipeline.Database.GetCollection<BsonDocument>(name);
}
