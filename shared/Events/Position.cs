namespace CustomEvents.Events;

/// <summary>
/// An event's place in the raw topic. It travels with the event and orders what the pipeline wrote for it. The topic is
/// named by its id and not by its name: a topic deleted and made anew starts at offset 0 under another id.
/// </summary>
/// <param name="TopicId">The raw topic's id.</param>
/// <param name="Partition">The raw topic's partition.</param>
/// <param name="Offset">The record's offset in it.</param>
public readonly record struct Position(Guid TopicId, int Partition, long Offset)
{
    /// <summary>Whether both stand in one partition of one topic, so that their offsets can be compared.</summary>
    public bool IsComparableTo(Position other) => Partition == other.Partition && TopicId == other.TopicId;
}
