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
    IEventStore events, IProfileStore profiles, ICatalogStore catalog, ILogInspector log, ILogger<PersisterStage> logger) : IStage
{
    /// <inheritdoc />
    public string Name => "persister";

    /// <inheritdoc />
    public IStageLane OpenLane(TopicPartition partition) =>
        new PersisterLane(this, events, new ProfilePatcher(profiles, logger), new CatalogRecorder(catalog));

    /// <inheritdoc />
    public async ValueTask<StageRejection> RejectAsync(
        LogRecord record, ErrorCode code, string detail, CancellationToken cancellationToken)
    {
        var error = new EventError("", code, detail);
        if (record.Value is { } value && NormalizedEvent.TryRead(value, out var normalized, out _))
            return await RejectAsync(normalized, error, cancellationToken);
        return new StageRejection(record.EventId, error);
    }

    /// <summary>A rejection carries the producer's own bytes: they are read from the raw topic, where the event still stands.</summary>
    internal async ValueTask<StageRejection> RejectAsync(NormalizedEvent normalized, EventError error, CancellationToken cancellationToken)
    {
        var position = normalized.Position;
        var original = await log.ReadAtAsync(normalized.Topic, position.Partition, position.Offset, cancellationToken);
        return new StageRejection(normalized.EventId, error, original?.Position.TopicId == position.TopicId ? original : null);
    }
}
