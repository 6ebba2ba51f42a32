using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>An identifier on a customer, and the position of the event that put it there.</summary>
/// <param name="Value">The e-mail address or phone number.</param>
/// <param name="PutBy">The position.</param>
public readonly record struct PlacedIdentifier(string Value, Position PutBy);
