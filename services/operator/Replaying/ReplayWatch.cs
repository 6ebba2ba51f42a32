using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Replaying;

/// <summary>
/// Sees what becomes of the events that were sent again. It ends in bounded time, whether the pipeline runs or not: when all is known, or when
/// nothing new became known for a while.
/// </summary>
internal sealed class ReplayWatch(IEventReader events, IClaimStore claims, IRejectionStore rejections, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>When each of the entries, under which they are listed if they are refused again, was last refused. To be taken before they are sent.</summary>
    public async Task<Dictionary<string, DateTime>> BeforeAsync(IReadOnlyList<SentRejection> batch, CancellationToken cancellationToken)
    {
        var listed = await rejections.LookUpAsync([.. batch.SelectMany(static one => one.Entries)], cancellationToken);
        return listed.ToDictionary(static one => one.Id, static one => one.RejectedAt, StringComparer.Ordinal);
    }

    /// <summary>Waits until it is known of all, or until nothing new was known for <paramref name="patience"/>. One fate for each, in order.</summary>
    public async Task<ReplayFate[]> WaitAsync(
        IReadOnlyList<SentRejection> batch, Dictionary<string, DateTime> before, TimeSpan patience, CancellationToken cancellationToken)
    {
        var fates = new ReplayFate[batch.Count];
        var news = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var known = fates.Count(static fate => fate != ReplayFate.Unknown);
            await LookAsync(batch, before, fates, cancellationToken);
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

    private async Task LookAsync(IReadOnlyList<SentRejection> batch, Dictionary<string, DateTime> before, ReplayFate[] fates, CancellationToken cancellationToken)
    {
        var open = Enumerable.Range(0, batch.Count).Where(i => fates[i] == ReplayFate.Unknown).ToList();
        var listed = await rejections.LookUpAsync([.. open.SelectMany(i => batch[i].Entries)], cancellationToken);
        // Not by its time against the operator's: an entry that is not as it was has been renewed, whatever the clocks say.
        var refused = listed.Where(one => !before.TryGetValue(one.Id, out var was) || one.RejectedAt != was).Select(static one => one.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var i in open)
        {
            var one = batch[i];
            if (one.Entries.Any(refused.Contains))
                fates[i] = ReplayFate.RejectedAgain;
            else if (await events.FindByEventIdAsync(one.StoreId, one.EventId, cancellationToken) is not null)
                fates[i] = ReplayFate.Stored;
            else if (one.UniqueId is { } uniqueId && await claims.FindAsync(one.StoreId, uniqueId, cancellationToken) is { } first && first != one.EventId)
                fates[i] = ReplayFate.Duplicate;
        }
    }
}
