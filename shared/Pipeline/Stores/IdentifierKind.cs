namespace CustomEvents.Pipeline.Stores;

/// <summary>What a customer can be found by, in the order in which it decides.</summary>
public enum IdentifierKind
{
    /// <summary>The customer's id, 24 hexadecimal digits in lower case.</summary>
    Id,

    /// <summary>The e-mail address, in lower case.</summary>
    Email,

    /// <summary>The phone number.</summary>
    PhoneNumber,
}
