using CustomEvents.Pipeline.Log;

namespace CustomEvents.Operator.Status;

/// <summary>One stage as seen from outside, look by look: a partition that stands still is only seen by looking twice.</summary>
internal sealed class StageWatch(string stage, string topic, ILogInspector log, TimeProvider time, TimeSpan stuckAfter)
{
    /// <summary>A record that is younger is no sign of trouble, wherever it stands.</summary>
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(15);

    private readonly Dictionary<int, (long Offset, long Since)> _standing = [];
    private readonly string _group = TopicNames.Group(stage, topic);
    private bool _wasSeen;

    /// <summary>Looks. Where the first look cannot tell whether a partition is stuck or only far behind, it looks again a little later.</summary>
    public async Task<StageStatus> LookAsync(CancellationToken cancellationToken)
    {
        var asked = log.MembersAsync(_group, cancellationToken);
        var progress = await log.ProgressAsync(_group, topic, cancellationToken);
        var members = await asked;
        var stuck = Stuck(progress);
        if (!_wasSeen && members > 0 && progress.Any(IsSuspicious))
        {
            await Task.Delay(stuckAfter, time, cancellationToken);
            progress = await log.ProgressAsync(_group, topic, cancellationToken);
            stuck = Stuck(progress);
        }

        _wasSeen = true;
        var oldest = progress.Min(static one => one.OldestUnfinished);
        // Where nobody reads, everything stands still, and that is told already.
        return new StageStatus(
            stage, topic, progress.Count, members, progress.Sum(static one => one.Lag), oldest is { } since ? Age(since) : 0, members == 0 ? [] : stuck);
    }

    private List<StuckPartition> Stuck(IReadOnlyList<PartitionProgress> progress)
    {
        var stuck = new List<StuckPartition>();
        foreach (var one in progress)
        {
            var offset = Math.Max(one.Committed ?? one.Start, one.Start);
            if (one.Lag == 0 || !_standing.TryGetValue(one.Partition, out var standing) || standing.Offset != offset)
                _standing[one.Partition] = (offset, time.GetTimestamp());
            else if (time.GetElapsedTime(standing.Since) >= stuckAfter && IsSuspicious(one))
                stuck.Add(new StuckPartition(one.Partition, offset, Age(one.OldestUnfinished!.Value)));
        }

        return stuck;
    }

    private bool IsSuspicious(PartitionProgress one) => one.Lag > 0 && one.OldestUnfinished is { } since && Age(since) >= Suspicious.TotalSeconds;

    private double Age(DateTime since) => Math.Max(0, (time.GetUtcNow().UtcDateTime - since).TotalSeconds);
}
