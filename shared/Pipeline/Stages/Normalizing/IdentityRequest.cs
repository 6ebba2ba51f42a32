using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>An event whose customer is to be found or made.</summary>
internal readonly record struct IdentityRequest(
    string StoreId, CustomerIdentity Identity, Guid EventId, Position Position, DateTime ReceivedAt);
