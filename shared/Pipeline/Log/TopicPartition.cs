namespace CustomEvents.Pipeline.Log;

/// <summary>A partition of a topic, by the topic's name.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary>Such as <c>events.raw[3]</c>.</summary>
    public override string ToString() => $"{Topic}[{Partition}]";
}
