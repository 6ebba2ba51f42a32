using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Normalizing;

/// <summary>An event whose customer is to be found or made.</summary>
internal readonly record struct IdentityRequest(
    string StoreId, CustomerIdentity Identity, Guid EventId, Position Position, DateTime ReceivedAt)
{
    /// <summary>The kinds of identifiers, in the order in which they decide.</summary>
    public static readonly IdentifierKind[] Kinds = [IdentifierKind.Id, IdentifierKind.Email, IdentifierKind.PhoneNumber];

    /// <summary>The identifier of a kind that the event gives; null where it gives none.</summary>
    public Identifier? Of(IdentifierKind kind)
    {
        var value = kind switch
        {
            IdentifierKind.Id => Identity.Id?.ToString(),
            IdentifierKind.Email => Identity.Email,
            IdentifierKind.PhoneNumber => Identity.PhoneNumber,
        };
        return value is null ? null : new Identifier(StoreId, kind, value);
    }
}
