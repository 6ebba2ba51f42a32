using CustomEvents.Events;

namespace CustomEvents.Pipeline.Stores;

/// <summary>
/// A customer's identifiers, each with the position of the event that put it there: a look-up for an event does not see
/// what a later offset of its own partition put there, so that an event read again finds the customer it found first.
/// </summary>
/// <param name="Key">The customer.</param>
/// <param name="CreatedBy">The position of the event that made the customer.</param>
/// <param name="CreatedAt">The <c>receivedAt</c> of that event, UTC.</param>
/// <param name="Email">The e-mail address; null where it has none.</param>
/// <param name="PhoneNumber">The phone number; null where it has none.</param>
public sealed record IdentifiedCustomer(
    CustomerKey Key, Position CreatedBy, DateTime CreatedAt, PlacedIdentifier? Email, PlacedIdentifier? PhoneNumber)
{
    /// <summary>What names it: its id, and its e-mail address and phone number where it has them.</summary>
    public IEnumerable<Identifier> Identifiers()
    {
        yield return new Identifier(Key.StoreId, IdentifierKind.Id, Key.CustomerId.ToString());
        if (Email is { } email)
            yield return new Identifier(Key.StoreId, IdentifierKind.Email, email.Value);
        if (PhoneNumber is { } phoneNumber)
            yield return new Identifier(Key.StoreId, IdentifierKind.PhoneNumber, phoneNumber.Value);
    }
}
