namespace CustomEvents.Proof.Ledger;

/// <summary>One event that was sent. Attempts of one request under its <c>Idempotency-Key</c>, and of one record under its <c>event-id</c>, are one send.</summary>
internal sealed class Send
{
    /// <summary>Its number, which stands in the event (<c>"n":</c>) and, from direct producers, in the header <c>n</c>.</summary>
    public required int Number { get; init; }

    /// <summary>The record's key: the store; null for a record without one.</summary>
    public required string? Store { get; init; }

    /// <summary>The bytes as they have to lie in the log; null for a tombstone.</summary>
    public required byte[]? Bytes { get; init; }

    /// <summary>How it is sent.</summary>
    public required Channel Channel { get; init; }

    /// <summary>The code of its rejection; null where it is valid.</summary>
    public required string? Fault { get; init; }

    /// <summary>Who sent it: sends of one sender lie in the log in the order in which they were answered.</summary>
    public int Sender { get; init; } = -1;

    /// <summary>What was answered.</summary>
    public Outcome Outcome { get; set; }

    /// <summary>The id that the sender chose or was told; null where unknown.</summary>
    public Guid? EventId { get; set; }
}
