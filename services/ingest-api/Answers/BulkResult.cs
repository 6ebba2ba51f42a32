using CustomEvents.Events;

namespace CustomEvents.IngestApi.Answers;

/// <summary>What became of one event of a bulk request.</summary>
/// <param name="EventId">The id that it has, or would have had.</param>
/// <param name="Errors">Null where it was accepted; pointers into the request.</param>
internal readonly record struct BulkResult(Guid EventId, IReadOnlyList<EventError>? Errors);
