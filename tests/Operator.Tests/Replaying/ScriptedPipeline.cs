using System.Text;
using CustomEvents.Events;
using CustomEvents.Operator.Replaying;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.InMemoryStores;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Operator.Replaying;

/// <summary>A pipeline that comes to what a test says, as soon as a record is appended or some looks later.</summary>
internal sealed class ScriptedPipeline(Func<Guid, ReplayFate> fate) : ILogWriter, IEventStore
{
    private static readonly TopicNames Topics = new();

    private readonly HashSet<Guid> _stored = [];
    private readonly Queue<OutgoingRecord> _waiting = [];
    private readonly InMemoryStores _stores = new();
    private readonly MemoryLog _log = new(partitions: 1);
    private DateTime _now = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);
    private int _looks;

    public IRejectionStore Rejections => _stores;

    /// <summary>How often the stores are asked before it does its work.</summary>
    public int LooksBefore { get; init; }

    /// <summary>The ids of the events that were sent, in order.</summary>
    public List<Guid> Sent { get; } = [];

    /// <summary>How large the largest append was, bytes.</summary>
    public long LargestAppend { get; private set; }

    /// <summary>Lists rejections of a store, oldest first; their ids.</summary>
    public async Task<List<string>> RejectAsync(int count, int payloadBytes = 0, Guid? eventId = null)
    {
        var rejections = Enumerable.Range(0, count).Select(i => Rejected(
            eventId ?? Guid.NewGuid(), "normalizer", Encoding.UTF8.GetBytes($$"""{"eventName":"e","customer":{"email":"a@b.cd"},"uniqueId":"u-{{i}}"}""" + new string(' ', payloadBytes)))).ToList();
        await Rejections.AddAsync(rejections, CancellationToken.None);
        return rejections.ConvertAll(static one => one.Id);
    }

    /// <summary>Stores an event.</summary>
    public void Store(Guid eventId) => _stored.Add(eventId);

    public Task<ReplayResult> ReplayAsync(IReadOnlyList<string> ids, double patienceSeconds = 30) => new RejectionReplay(
        Rejections, this, new ReplayWatch(this, Rejections, _log, Topics, TimeProvider.System), Topics, TimeSpan.FromSeconds(patienceSeconds), TimeProvider.System)
        .RunAsync(ids, false, static _ => Task.CompletedTask, CancellationToken.None);

    public async Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        LargestAppend = Math.Max(LargestAppend, records.Sum(static record => (long)record.Value!.Value.Length));
        await _log.AppendAsync(records, cancellationToken);
        foreach (var record in records)
        {
            Sent.Add(IdOf(record));
            _waiting.Enqueue(record);
        }

        _looks = 0;
        if (LooksBefore == 0)
            await WorkAsync();
    }

    public async Task<IReadOnlyDictionary<Guid, string>> FindOwnersAsync(IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken)
    {
        var found = eventIds.Where(_stored.Contains).Distinct().ToDictionary(static id => id, static _ => "shop");
        if (++_looks >= LooksBefore)
            await WorkAsync();
        return found;
    }

    public IEventEncoder NewEncoder() => throw new NotSupportedException();

    public Task IndexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<InsertOutcome>> InsertAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UnindexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) => throw new NotSupportedException();

    private async Task WorkAsync()
    {
        var done = _waiting.Count;
        while (_waiting.TryDequeue(out var record))
        {
            var id = IdOf(record);
            switch (fate(id))
            {
                case ReplayFate.Stored:
                    _stored.Add(id);
                    break;
                case ReplayFate.RejectedAgain:
                    await Rejections.AddAsync([Rejected(id, "normalizer", record.Value!.Value)], CancellationToken.None);
                    break;
                case ReplayFate.Duplicate:
                    break;
                case ReplayFate.Unknown:
                    return;
            }
        }

        using var normalizer = new GroupMember(_log, "normalizer", Topics.Raw);
        normalizer.ReadUntil(done);
        normalizer.CommitRead();
    }

    private static Guid IdOf(OutgoingRecord record) =>
        Guid.Parse(Encoding.UTF8.GetString(record.Headers.Single(static header => header.Key == HeaderNames.EventId).Value!));

    private Rejection Rejected(Guid eventId, string stage, ReadOnlyMemory<byte> payload) => new(
        RejectionRecords.IdOf("shop", eventId, stage, payload.Span), "shop", stage, ErrorCode.UnknownStore, "no such store", null, _now = _now.AddMilliseconds(1),
        eventId, "events.raw", 0, 1, [], payload);
}
