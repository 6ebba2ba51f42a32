namespace CustomEvents.Proof.Auditing;

/// <summary>What can be wrong; each is counted by itself, and each has to be 0.</summary>
internal enum Count
{
    /// <summary>Accepted or in the log, and not stored; an invalid one that is in no rejection.</summary>
    Lost,

    /// <summary>Stored twice, or a duplicate, or never sent; a rejection that is listed twice.</summary>
    Doubled,

    /// <summary>Not in the order in which it was sent; not the first of its <c>uniqueId</c>; a profile that is not what the order of the log makes of it.</summary>
    Misordered,

    /// <summary>Of another customer; a customer too many, too few or with other identifiers; a claim of another event.</summary>
    Misattributed,

    /// <summary>A segment entry or an entry of the catalog that is missing, wrong, or left over.</summary>
    Unindexed,

    /// <summary>Stored with another content; answered as the contract does not say.</summary>
    Altered,
}
