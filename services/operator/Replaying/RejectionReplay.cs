using System.Globalization;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Replaying;

/// <summary>
/// Sends rejections again, the oldest first, so that a store's events keep their order: in batches, each of which it watches before the next goes.
/// One that was replayed and has not been refused since is left alone, so that it is safe to repeat; each is sent at most once in a run, so that
/// none goes round for ever; and a run ends by itself when most of a batch is refused again, or when nothing becomes of it.
/// </summary>
/// <param name="rejections">Where they are listed.</param>
/// <param name="log">Where they are sent.</param>
/// <param name="watch">Sees what becomes of them.</param>
/// <param name="topics">The topics' names.</param>
/// <param name="patience">How long to wait for news of a batch; zero sends all without looking.</param>
/// <param name="time">The clock.</param>
internal sealed class RejectionReplay(
    IRejectionStore rejections, ILogWriter log, ReplayWatch watch, TopicNames topics, TimeSpan patience, TimeProvider time)
{
    private const int BatchRecords = 100;
    private const long BatchBytes = 8L * 1024 * 1024;

    // A last batch of one that fails says nothing of the hundreds before it.
    private const int LeastJudged = 20;

    /// <summary>Sends them.</summary>
    /// <param name="ids">Which, in the order in which they are sent.</param>
    /// <param name="isDryRun">Sends nothing.</param>
    /// <param name="note">Is told how far it is, after each batch.</param>
    /// <param name="cancellationToken">Ends it after what is under way.</param>
    public async Task<ReplayResult> RunAsync(IReadOnlyList<string> ids, bool isDryRun, Func<string, Task> note, CancellationToken cancellationToken)
    {
        var result = new ReplayResult();
        var batch = new List<Rejection>();
        var judged = new List<ReplayFate>();
        var bytes = 0L;
        try
        {
            for (var i = 0; i < ids.Count && result.Failure is null; i++)
            {
                // Read one by one: the payloads of thousands do not fit into memory.
                if (await rejections.FindAsync(ids[i], cancellationToken) is not { } rejection)
                    result.Skipped.Add((ids[i], "there is no such rejection"));
                else if (rejection.ReplayedAt is { } before && before >= rejection.RejectedAt)
                    result.Skipped.Add((ids[i], "it was replayed already, and was not refused since"));
                else if (ReplayRecord.Obstacle(rejection, topics) is { } obstacle)
                    result.Skipped.Add((ids[i], obstacle));
                else
                {
                    batch.Add(rejection);
                    bytes += rejection.Payload.Length;
                }

                if (batch.Count == 0 || (batch.Count < BatchRecords && bytes < BatchBytes && i < ids.Count - 1))
                    continue;
                await SendAsync(batch, judged, result, isDryRun, cancellationToken);
                batch.Clear();
                bytes = 0;
                if (!isDryRun && patience > TimeSpan.Zero && ids.Count > BatchRecords)
                    await note(string.Create(CultureInfo.InvariantCulture, $"{i + 1} of {ids.Count}: {Told(result)}"));
            }
        }
        catch (LogWriteException failure)
        {
            result.Failure = $"{failure.Message} Say it again for the rest.";
        }

        return result;
    }

    /// <summary>The figures, for people.</summary>
    public static string Told(ReplayResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Replayed.Count} sent again: {result[ReplayFate.Stored]} stored, {result[ReplayFate.Duplicate]} duplicates, {result[ReplayFate.RejectedAgain]} refused again, {result[ReplayFate.Unknown]} not known.");

    private async Task SendAsync(List<Rejection> batch, List<ReplayFate> judged, ReplayResult result, bool isDryRun, CancellationToken cancellationToken)
    {
        if (isDryRun)
        {
            result.Replayed.AddRange(batch.Select(static one => one.Id));
            return;
        }

        var sent = batch.ConvertAll(SentRejection.Of);
        var before = await watch.BeforeAsync(sent, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        await log.AppendAsync(batch.ConvertAll(one => ReplayRecord.Create(topics.Raw, one)), cancellationToken);
        // After the append: one that is marked and was never sent would be left out by every later run. One that is sent and not marked
        // is sent again, and its event-id makes that harmless.
        foreach (var one in batch)
            await rejections.MarkReplayedAsync(one.Id, one.RejectedAt, now, cancellationToken);
        result.Replayed.AddRange(batch.Select(static one => one.Id));
        if (patience <= TimeSpan.Zero)
        {
            result.Add(batch.Select(static _ => ReplayFate.Unknown));
            return;
        }

        // The payloads may go while it is watched.
        batch.Clear();
        var fates = await watch.WaitAsync(sent, before, patience, cancellationToken);
        result.Add(fates);
        judged.AddRange(fates);
        judged.RemoveRange(0, judged.Count - Math.Min(judged.Count, Math.Max(fates.Length, LeastJudged)));

        var unknown = fates.Count(static fate => fate == ReplayFate.Unknown);
        var refused = judged.Count(static fate => fate == ReplayFate.RejectedAgain);
        if (refused * 2 > judged.Count)
        {
            result.Failure = string.Create(
                CultureInfo.InvariantCulture,
                $"Stopped: of the last {judged.Count} that were sent again, {refused} were refused again. See why before the rest is sent: events rejections show {sent[Array.IndexOf(fates, ReplayFate.RejectedAgain)].Entries[0]}");
        }
        else if (unknown > 0)
        {
            result.Failure = string.Create(
                CultureInfo.InvariantCulture,
                $"Stopped: {unknown} of the last {fates.Length} that were sent again are neither stored nor refused, and nothing became of them for {patience.TotalSeconds:0.#} s. They are in the log and are not sent twice. Does the pipeline run? 'events status' says how far behind it is.");
        }
    }
}
