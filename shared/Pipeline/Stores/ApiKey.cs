namespace CustomEvents.Pipeline.Stores;

/// <summary>A key of the API, contract section 3. Only its hash is ever stored.</summary>
/// <param name="Hash">The SHA-256 of the key, 64 hexadecimal digits in lower case.</param>
/// <param name="KeyId">What the operator calls it by.</param>
/// <param name="StoreId">The store it belongs to.</param>
/// <param name="Name">A name for people.</param>
/// <param name="Scopes">What it may do; <see cref="WriteEvents"/> among them to send events.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="ExpiresAt">When it stops working, UTC; null for never.</param>
/// <param name="RevokedAt">When it was revoked, UTC; null where it was not.</param>
public sealed record ApiKey(
    string Hash, string KeyId, string StoreId, string? Name, IReadOnlyList<string> Scopes,
    DateTime CreatedAt, DateTime? ExpiresAt = null, DateTime? RevokedAt = null)
{
    /// <summary>The scope that sending events needs; a key made without naming a scope has it.</summary>
    public const string WriteEvents = "customer_events_write";
}
