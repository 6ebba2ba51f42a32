using System.Text;
using CustomEvents.Events;
using CustomEvents.Operator.Replaying;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support.InMemoryStores;

namespace CustomEvents.Tests.Operator.Replaying;

/// <summary>A pipeline that comes to what a test says, as soon as a record is appended.</summary>
internal sealed class ScriptedPipeline(Func<Guid, ReplayFate> fate) : ILogWriter, IEventReader
{
    private readonly HashSet<Guid> _stored = [];
    private readonly InMemoryStores _stores = new();
    private DateTime _now = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);

    public IRejectionStore Rejections => _stores;

    /// <summary>The ids of the events that were sent, in order.</summary>
    public List<Guid> Sent { get; } = [];

    /// <summary>How large the largest append was, bytes.</summary>
    public long LargestAppend { get; private set; }

    /// <summary>Lists rejections of a store, oldest first; their ids.</summary>
    public async Task<List<string>> RejectAsync(int count, int payloadBytes = 0)
    {
        var rejections = Enumerable.Range(0, count).Select(i => Rejected(
            Guid.NewGuid(), "normalizer", Encoding.UTF8.GetBytes($$"""{"eventName":"e","customer":{"email":"a@b.cd"},"uniqueId":"u-{{i}}"}""" + new string(' ', payloadBytes)))).ToList();
        await Rejections.AddAsync(rejections, CancellationToken.None);
        return rejections.ConvertAll(static one => one.Id);
    }

    public Task<ReplayResult> ReplayAsync(IReadOnlyList<string> ids, double patienceSeconds = 30) => new RejectionReplay(
        Rejections, this, new ReplayWatch(this, _stores, Rejections, TimeProvider.System), new TopicNames(), TimeSpan.FromSeconds(patienceSeconds), TimeProvider.System)
        .RunAsync(ids, false, static _ => Task.CompletedTask, CancellationToken.None);

    public async Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken)
    {
        LargestAppend = Math.Max(LargestAppend, records.Sum(static record => (long)record.Value!.Value.Length));
        foreach (var record in records)
        {
            var id = Guid.Parse(Encoding.UTF8.GetString(record.Headers.Single(static header => header.Key == HeaderNames.EventId).Value!));
            Sent.Add(id);
            switch (fate(id))
            {
                case ReplayFate.Stored:
                    _stored.Add(id);
                    break;
                case ReplayFate.Duplicate:
                    var uniqueId = System.Text.Json.JsonElement.Parse(record.Value!.Value.Span).GetProperty("uniqueId").GetString()!;
                    await ((IClaimStore)_stores).ClaimAsync([new Claim("shop", uniqueId, Guid.NewGuid())], cancellationToken);
                    break;
                case ReplayFate.RejectedAgain:
                    await Rejections.AddAsync([Rejected(id, "normalizer", record.Value!.Value)], cancellationToken);
                    break;
                case ReplayFate.Unknown:
                    break;
            }
        }
    }

    public Task<StoredEvent?> FindByEventIdAsync(string storeId, Guid eventId, CancellationToken cancellationToken) =>
        Task.FromResult(_stored.Contains(eventId) ? new StoredEvent(eventId, storeId, null, _now, "{}") : null);

    public Task<StoredEvent?> FindByUniqueIdAsync(string storeId, string uniqueId, CancellationToken cancellationToken) => throw new NotSupportedException();

    private Rejection Rejected(Guid eventId, string stage, ReadOnlyMemory<byte> payload) => new(
        RejectionRecords.IdOf("shop", eventId, stage, payload.Span), "shop", stage, ErrorCode.UnknownStore, "no such store", null, _now = _now.AddMilliseconds(1),
        eventId, "events.raw", 0, 1, [], payload);
}
