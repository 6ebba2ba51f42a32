using MongoDB.Bson;

namespace CustomEvents.Proof.Auditing;

/// <summary>An event that has to be stored.</summary>
/// <param name="Record">The record that it came with first.</param>
/// <param name="Customer">Whose it is.</param>
/// <param name="EventId">Its id; null where the pipeline derives one.</param>
/// <param name="UniqueId">Its <c>uniqueId</c>.</param>
/// <param name="Content">Everything else of the document, by name.</param>
internal sealed record ModelEvent(RawRecord Record, ModelCustomer Customer, Guid? EventId, string? UniqueId, BsonDocument Content);
