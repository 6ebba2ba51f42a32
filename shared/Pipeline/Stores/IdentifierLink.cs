namespace CustomEvents.Pipeline.Stores;

/// <summary>An e-mail address or phone number to put on a customer that has none.</summary>
public readonly record struct IdentifierLink(CustomerKey Customer, IdentifierKind Kind, PlacedIdentifier Identifier);
