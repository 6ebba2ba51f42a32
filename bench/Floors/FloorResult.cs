namespace CustomEvents.Bench.Floors;

/// <summary>What a floor did: how many of what it counts, in how long.</summary>
internal sealed record FloorResult(long Count, double Seconds)
{
    public double Rate => Count / Seconds;
}
