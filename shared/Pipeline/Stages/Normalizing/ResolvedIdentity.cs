using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>The customer of an event, and whether the event put an identifier on it that was there before.</summary>
internal readonly record struct ResolvedIdentity(CustomerId CustomerId, bool IdentifierAdded);
