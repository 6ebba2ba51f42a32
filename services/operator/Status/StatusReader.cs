using CustomEvents.Events;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages.Normalizing;
using CustomEvents.Pipeline.Stages.Persisting;
using CustomEvents.Pipeline.Stages.Rejecting;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Operator.Status;

/// <summary>
/// Looks at the log and the stores from outside. All is asked side by side and each question has a time limit: whatever is away, it takes no longer
/// than 15 s, and what is not away is told all the same.
/// </summary>
internal sealed class StatusReader
{
    public const string Normalizer = NormalizerStage.StageName;
    public const string Persister = PersisterStage.StageName;
    private const string Rejections = RejectionStage.StageName;

    private const int TailRecords = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly IReadOnlyList<IDependency> _dependencies;
    private readonly ILogInspector _log;
    private readonly IRejectionStore _rejections;
    private readonly TopicNames _topics;
    private readonly TimeProvider _time;
    private readonly StageWatch[] _stages;

    /// <summary>Makes a reader; kept from look to look, it sees at once what stands still.</summary>
    /// <param name="dependencies">What a service would need.</param>
    /// <param name="log">The log.</param>
    /// <param name="rejections">What was refused.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stuckAfter">How long a partition stands still, with old records that wait, to be called stuck; 6 s. A slow write that works takes less.</param>
    public StatusReader(
        IEnumerable<IDependency> dependencies, ILogInspector log, IRejectionStore rejections, TopicNames topics, TimeProvider time, TimeSpan? stuckAfter = null)
    {
        (_dependencies, _log, _rejections, _topics, _time) = ([.. dependencies], log, rejections, topics, time);
        _stages =
        [
            .. StagesOf(topics).Select(stage => new StageWatch(stage.Stage, stage.Topic, log, time, stuckAfter ?? TimeSpan.FromSeconds(6))),
        ];
    }

    /// <summary>Each stage and what it reads, in the order of the data.</summary>
    public static (string Stage, string Topic)[] StagesOf(TopicNames topics) => [(Normalizer, topics.Raw), (Persister, topics.Normalized), (Rejections, topics.Rejected)];

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>Looks once.</summary>
    public async Task<PipelineStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var checks = _dependencies.Select(one => BoundedAsync(async token => await one.CheckAsync(token) ?? "", cancellationToken)).ToList();
        var stages = _stages.Select(stage => BoundedAsync(stage.LookAsync, cancellationToken)).ToList();
        var counting = BoundedAsync(CountRejectionsAsync, cancellationToken);
        var sampling = BoundedAsync(token => _log.TailAsync(_topics.Raw, TailRecords, token), cancellationToken);

        var needs = (await Task.WhenAll(checks)).Zip(_dependencies, static (check, one) => (What: one.Name, Trouble: check.Failure ?? check.Value))
            .Where(static one => !string.IsNullOrEmpty(one.Trouble)).ToList();
        var looks = await Task.WhenAll(stages);
        var (rejected, countFailure) = await counting;
        var (tail, tailFailure) = await sampling;
        var failed = StagesOf(_topics).Zip(looks, static (stage, look) => (What: stage.Stage, Trouble: look.Failure))
            .Append((What: "rejections of the last hour", Trouble: countFailure)).Append((What: "stores", Trouble: tailFailure)).Where(static one => one.Trouble is not null);
        // What is away is told once, with its remedy, and not again by everybody who asked it.
        var problems = needs.Concat(failed.ExceptBy(needs.Select(static one => Reason(one.Trouble!)), static one => Reason(one.Trouble!)))
            .Select(static one => $"{one.What}: {one.Trouble}").ToList();

        var found = looks.Select(static look => look.Value).OfType<StageStatus>().ToList();
        var stores = StoreLoads.Estimate(tail ?? [], Now);
        problems.AddRange(StageProblems.Of(found, stores));
        return new PipelineStatus(Now, found, rejected, stores, problems);
    }

    /// <summary>A failure without what was asked, which stands before the first colon.</summary>
    private static string Reason(string trouble) => trouble[(trouble.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? colon + 2 : 0)..];

    private async Task<(T? Value, string? Failure)> BoundedAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return (await Task.Run(() => ask(cancellationToken), cancellationToken).WaitAsync(Limit, _time, cancellationToken), null);
        }
        catch (Exception failure) when (failure is InfrastructureException or LogReadException)
        {
            return (null, failure.Message);
        }
        catch (TimeoutException)
        {
            return (null, $"no answer within {Limit.TotalSeconds:0} s");
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> CountRejectionsAsync(CancellationToken cancellationToken)
    {
        var counts = await _rejections.CountAsync(Now - TimeSpan.FromHours(1), cancellationToken);
        return new SortedDictionary<string, long>(counts.ToDictionary(static one => one.Key.ToText(), static one => one.Value), StringComparer.Ordinal);
    }
}
