namespace CustomEvents.Pipeline.Stores;

/// <summary>What became of an event that was to be stored.</summary>
public enum InsertOutcome
{
    /// <summary>It is stored now.</summary>
    Stored,

    /// <summary>This event of this store was stored before.</summary>
    AlreadyStored,

    /// <summary>Another store has an event of this id.</summary>
    EventIdOfAnotherStore,

    /// <summary>Another event of the store has this <c>uniqueId</c>.</summary>
    UniqueIdTaken,
}
