namespace CustomEvents.Pipeline.Stores;

/// <summary>What became of a <see cref="ProfileWrite"/>.</summary>
public enum ProfileWriteOutcome
{
    /// <summary>It is stored.</summary>
    Written,

    /// <summary>The profile has another revision by now: read it and decide again.</summary>
    Conflict,

    /// <summary>There is no such customer.</summary>
    NoCustomer,
}
