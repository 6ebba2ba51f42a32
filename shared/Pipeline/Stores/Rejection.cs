using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Pipeline.Stores;

/// <summary>An event that was refused, as it is listed and replayed (contract sections 8 and 11).</summary>
/// <param name="Id">Derived from store, event id, stage and the SHA-256 of the payload: one read twice is listed once.</param>
/// <param name="StoreId">The record's key where that is UTF-8; else null.</param>
/// <param name="Stage"><c>ingest-api</c>, <c>normalizer</c> or <c>persister</c>.</param>
/// <param name="Code">Why.</param>
/// <param name="Detail">Why, for people.</param>
/// <param name="Pointer">Where in the payload; null where nowhere in particular.</param>
/// <param name="RejectedAt">When, UTC.</param>
/// <param name="EventId">The id that the event has or would have had.</param>
/// <param name="SourceTopic">The topic it came from.</param>
/// <param name="SourcePartition">Its partition; null for the API's own.</param>
/// <param name="SourceOffset">Its offset; null for the API's own.</param>
/// <param name="Headers">The record's own headers and those of the rejection.</param>
/// <param name="Payload">The original bytes; empty for a tombstone.</param>
/// <param name="ReplayedAt">When it was last replayed, UTC; null where it was not.</param>
public sealed record Rejection(
    string Id, string? StoreId, string Stage, ErrorCode Code, string Detail, string? Pointer, DateTime RejectedAt, Guid EventId,
    string SourceTopic, int? SourcePartition, long? SourceOffset, IReadOnlyList<RecordHeader> Headers, ReadOnlyMemory<byte> Payload,
    DateTime? ReplayedAt = null);
