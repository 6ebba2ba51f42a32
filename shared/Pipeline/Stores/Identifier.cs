namespace CustomEvents.Pipeline.Stores;

/// <summary>Something that names at most one customer of a store.</summary>
public readonly record struct Identifier(string StoreId, IdentifierKind Kind, string Value);
