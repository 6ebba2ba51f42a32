using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Replaying;

/// <summary>
/// Sends rejections again, the oldest first, so that a store's events keep their order. One that was replayed and has not been refused since is
/// left alone: safe to repeat.
/// </summary>
internal sealed class RejectionReplay(IRejectionStore rejections, ILogWriter log, TopicNames topics, TimeProvider time)
{
    private const int BatchRecords = 100;
    private const long BatchBytes = 8L * 1024 * 1024;

    public async Task<ReplayResult> RunAsync(IReadOnlyList<string> ids, bool isDryRun, CancellationToken cancellationToken)
    {
        var replayed = new List<string>();
        var skipped = new List<(string, string)>();
        var batch = new List<Rejection>();
        var bytes = 0L;
        try
        {
            foreach (var id in ids)
            {
                // Read one by one: the payloads of thousands do not fit into memory.
                if (await rejections.FindAsync(id, cancellationToken) is not { } rejection)
                    skipped.Add((id, "there is no such rejection"));
                else if (rejection.ReplayedAt is { } before && before >= rejection.RejectedAt)
                    skipped.Add((id, "it was replayed already, and was not refused since"));
                else if (ReplayRecord.Obstacle(rejection, topics) is { } obstacle)
                    skipped.Add((id, obstacle));
                else
                {
                    batch.Add(rejection);
                    bytes += rejection.Payload.Length;
                }

                if (batch.Count >= BatchRecords || bytes >= BatchBytes)
                    await SendAsync();
            }

            await SendAsync();
        }
        catch (LogWriteException failure)
        {
            return new ReplayResult(replayed, skipped, failure.Message);
        }

        return new ReplayResult(replayed, skipped, null);

        async Task SendAsync()
        {
            if (batch.Count > 0 && !isDryRun)
            {
                // Marked with a time before the append: a refusal that comes at once is later than it.
                var now = time.GetUtcNow().UtcDateTime;
                await log.AppendAsync(batch.ConvertAll(one => ReplayRecord.Create(topics.Raw, one)), cancellationToken);
                foreach (var one in batch)
                    await rejections.MarkReplayedAsync(one.Id, now, cancellationToken);
            }

            replayed.AddRange(batch.Select(static one => one.Id));
            batch.Clear();
            bytes = 0;
        }
    }
}
