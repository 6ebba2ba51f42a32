namespace CustomEvents.Events;

/// <summary>The identifiers that an event gives for its customer, in the order in which they decide (contract section 6).</summary>
/// <param name="Id"><c>customer.id</c>.</param>
/// <param name="Email"><c>customer.email</c>, trimmed and in lower case.</param>
/// <param name="PhoneNumber"><c>customer.phoneNumber</c>.</param>
public readonly record struct CustomerIdentity(CustomerId? Id, string? Email, string? PhoneNumber);
