using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Pipeline.Stages.Persisting;

/// <summary>
/// From normalized to stored (contract section 11): patches profiles, writes the segment entries and the catalog, and the events last.
/// It owns all of customers but the identifiers.
/// </summary>
public sealed class PersisterStage(
    IEventStore events, IProfileStore profiles, ICatalogStore catalog, ILogInspector log, TimeProvider time, ILogger<PersisterStage> logger) : IStage
{
    /// <summary>The stage's name: of its group, and in what it refuses.</summary>
    public const string StageName = "persister";

    /// <inheritdoc />
    public string Name => StageName;

    /// <inheritdoc />
    public IStageLane OpenLane(TopicPartition partition) =>
        new PersisterLane(this, events, new ProfilePatcher(profiles, logger), new CatalogRecorder(catalog));

    /// <inheritdoc />
    public async ValueTask<StageRejection> RejectAsync(
        LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken)
    {
        var error = new EventError("", code, detail);
        if (record.Value is { } value && NormalizedEvent.TryRead(value, out var normalized, out _))
            return (await RejectAsync([(normalized, error)], cancellationToken))[0];
        return new StageRejection(record.EventId, error);
    }

    /// <summary>Counts an event that has just become readable.</summary>
    internal void Readable(LogRecord record)
    {
        PipelineCounters.Persisted.Add(1);
        // A replay's receipt may be days ago, and says nothing of the pipeline.
        if (record.Header(HeaderNames.ReplayOf) is null)
            PipelineCounters.Freshness.Record(Math.Max(0, (time.GetUtcNow().UtcDateTime - record.WaitingSince).TotalSeconds));
    }

    /// <summary>
    /// Rejections carry the producers' own bytes: they are read from the raw topic, where the events still stand. One whose event does not any more carries
    /// what was read, and says so: that cannot be replayed.
    /// </summary>
    internal async Task<IReadOnlyList<StageRejection>> RejectAsync(
        IReadOnlyList<(NormalizedEvent Event, EventError Error)> refused, CancellationToken cancellationToken)
    {
        var rejections = new StageRejection[refused.Count];
        foreach (var topic in Enumerable.Range(0, refused.Count).GroupBy(i => refused[i].Event.Topic, StringComparer.Ordinal))
        {
            var places = topic.Select(i => Place(refused[i].Event)).ToHashSet();
            var found = await log.ReadAtAsync(topic.Key, places, cancellationToken);
            foreach (var i in topic)
            {
                var (normalized, error) = refused[i];
                var isThere = found.TryGetValue(Place(normalized), out var original) && original.Position.TopicId == normalized.Position.TopicId;
                rejections[i] = isThere
                    ? new StageRejection(normalized.EventId, error, original)
                    : new StageRejection(normalized.EventId, error with { Detail = $"{error.Detail} {Gone(normalized)}" });
            }
        }

        return rejections;
    }

    private static (int Partition, long Offset) Place(NormalizedEvent normalized) => (normalized.Position.Partition, normalized.Position.Offset);

    private static string Gone(NormalizedEvent normalized) =>
        $"The raw record at {normalized.Topic}[{normalized.Position.Partition}]@{normalized.Position.Offset} is gone from the log: the payload is the normalized record, which cannot be replayed.";
}
