using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Replaying;

/// <summary>
/// Sees what becomes of the events that were sent again. It ends in bounded time, whether the pipeline runs or not: when all is known, or when
/// nothing new became known for a while.
/// </summary>
internal sealed class ReplayWatch(IEventStore events, IRejectionStore rejections, ILogInspector log, TopicNames topics, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>How it was before a batch was sent.</summary>
    /// <param name="Refused">When each of the entries, under which they are listed if they are refused again, was last refused.</param>
    /// <param name="Stored">The ids that were stored already.</param>
    internal sealed record Before(IReadOnlyDictionary<string, DateTime> Refused, IReadOnlyDictionary<Guid, string> Stored);

    /// <summary>To be taken before they are sent.</summary>
    public async Task<Before> BeforeAsync(IReadOnlyList<SentRejection> batch, CancellationToken cancellationToken)
    {
        var listed = await rejections.LookUpAsync([.. batch.SelectMany(static one => one.Entries)], cancellationToken);
        return new Before(
            listed.ToDictionary(static one => one.Id, static one => one.RejectedAt, StringComparer.Ordinal),
            await events.FindOwnersAsync([.. batch.Select(static one => one.EventId)], cancellationToken));
    }

    /// <summary>Waits until it is known of all, or until nothing new was known for <paramref name="patience"/>. One fate for each, in order.</summary>
    public async Task<ReplayFate[]> WaitAsync(IReadOnlyList<SentRejection> batch, Before before, TimeSpan patience, CancellationToken cancellationToken)
    {
        var fates = new ReplayFate[batch.Count];
        var barrier = new StageBarrier(log, topics);
        var news = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var known = fates.Count(static fate => fate != ReplayFate.Unknown);
            await LookAsync(batch, before, fates, isAllDone: false, cancellationToken);
            // Asked only where a look brings nothing, and before the one that it makes the last: asking the log costs more.
            if (fates.Count(static fate => fate != ReplayFate.Unknown) == known && await barrier.IsPassedAsync(cancellationToken))
                await LookAsync(batch, before, fates, isAllDone: true, cancellationToken);
            var knownNow = fates.Count(static fate => fate != ReplayFate.Unknown);
            if (knownNow == batch.Count)
                return fates;
            if (knownNow > known)
                (news, pause) = (time.GetTimestamp(), FirstPause);
            else if (time.GetElapsedTime(news) >= patience)
                return fates;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task LookAsync(IReadOnlyList<SentRejection> batch, Before before, ReplayFate[] fates, bool isAllDone, CancellationToken cancellationToken)
    {
        var open = Enumerable.Range(0, batch.Count).Where(i => fates[i] == ReplayFate.Unknown).ToList();
        var listed = await rejections.LookUpAsync([.. open.SelectMany(i => batch[i].Entries)], cancellationToken);
        // Not by its time against the operator's: an entry that is not as it was has been renewed, whatever the clocks say.
        var refused = listed.Where(one => !before.Refused.TryGetValue(one.Id, out var was) || one.RejectedAt != was).Select(static one => one.Id).ToHashSet(StringComparer.Ordinal);
        var owners = await events.FindOwnersAsync([.. open.Select(i => batch[i].EventId)], cancellationToken);
        var sharing = batch.CountBy(static one => (one.StoreId, one.EventId)).ToDictionary();
        foreach (var i in open)
        {
            var one = batch[i];
            // That its id is stored says nothing of this record where another one has the id, too: it may be refused yet.
            var isNews = owners.GetValueOrDefault(one.EventId) == one.StoreId && !before.Stored.ContainsKey(one.EventId);
            if (one.Entries.Any(refused.Contains))
                fates[i] = ReplayFate.RejectedAgain;
            else if (isNews && (isAllDone ? !IsStoredBefore(i) : sharing[(one.StoreId, one.EventId)] == 1))
                fates[i] = ReplayFate.Stored;
            else if (isAllDone)
                fates[i] = ReplayFate.Duplicate;
        }

        // The first valid record of an id is the one that is stored.
        bool IsStoredBefore(int place) => Enumerable.Range(0, place).Any(
            i => fates[i] == ReplayFate.Stored && batch[i].StoreId == batch[place].StoreId && batch[i].EventId == batch[place].EventId);
    }
}
