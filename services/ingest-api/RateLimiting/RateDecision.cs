namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>What a rate limiter says of one request.</summary>
/// <param name="Allowed">Whether it got a token.</param>
/// <param name="Left">Whole tokens left.</param>
/// <param name="SecondsUntilFull">Whole seconds until the bucket is full again, rounded up.</param>
/// <param name="RetryAfterSeconds">Whole seconds, rounded up, until there is a token; 0 where it got one.</param>
internal readonly record struct RateDecision(bool Allowed, int Left, int SecondsUntilFull, int RetryAfterSeconds);
