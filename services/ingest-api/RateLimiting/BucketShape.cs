namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>
/// The bucket of contract section 4, counted in whole units so that nothing is lost to rounding: a token is as many units as the clock has
/// ticks in a second, and each tick adds <see cref="Rate"/> units.
/// </summary>
/// <param name="Rate">Tokens a second, and units a tick.</param>
/// <param name="Burst">Tokens in a full bucket.</param>
/// <param name="UnitsPerToken">Ticks of the clock in a second.</param>
internal readonly record struct BucketShape(long Rate, long Burst, long UnitsPerToken)
{
    /// <summary>The units in a full bucket.</summary>
    public long Capacity => Burst * UnitsPerToken;

    /// <summary>What is told to the client, by the units that are left after its request.</summary>
    public RateDecision Decide(bool allowed, long level) => new(
        allowed,
        (int)(level / UnitsPerToken),
        SecondsToRefill(Capacity - level),
        allowed ? 0 : SecondsToRefill(UnitsPerToken - level));

    private int SecondsToRefill(long missing)
    {
        var perSecond = Rate * UnitsPerToken;
        return (int)((missing + perSecond - 1) / perSecond);
    }
}
