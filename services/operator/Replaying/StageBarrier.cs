using CustomEvents.Operator.Status;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Operator.Replaying;

/// <summary>
/// Whether the whole pipeline has done what was in the log when it was first asked. Stage by stage, as each writes what the next reads: then what is
/// neither stored nor refused was dropped.
/// </summary>
internal sealed class StageBarrier(ILogInspector log, TopicNames topics)
{
    private readonly (string Stage, string Topic)[] _stages = StatusReader.StagesOf(topics);
    private int _passed;
    private Dictionary<int, long>? _ends;

    /// <summary>Looks.</summary>
    public async Task<bool> IsPassedAsync(CancellationToken cancellationToken)
    {
        for (; _passed < _stages.Length; _passed++)
        {
            var (stage, topic) = _stages[_passed];
            var progress = await log.ProgressAsync(TopicNames.Group(stage, topic), topic, cancellationToken);
            _ends ??= progress.ToDictionary(static one => one.Partition, static one => one.End);
            if (progress.Any(one => one.End - one.Lag < _ends.GetValueOrDefault(one.Partition)))
                return false;
            _ends = null;
        }

        return true;
    }
}
