using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stages;

/// <summary>Why a stage refuses a record; <see cref="RejectionRecords"/> makes the record of the topic of rejections from it.</summary>
/// <param name="EventId">The id that the event has or would have had.</param>
/// <param name="Error">The first thing that is wrong.</param>
/// <param name="Original">The raw record where the stage read another; null where the record read is the raw one.</param>
public sealed record StageRejection(Guid EventId, EventError Error, Log.LogRecord? Original = null)
{
    /// <summary>Another store has used the id (contract section 9).</summary>
    public static StageRejection IdConflict(Guid eventId) =>
        new(eventId, new EventError("", ErrorCode.EventIdConflict, $"The event-id {eventId} was already used by another store."));
}
