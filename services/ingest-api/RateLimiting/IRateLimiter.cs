using CustomEvents.IngestApi.Requests;

namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>The limit of contract section 4: each store has one bucket of tokens for each endpoint.</summary>
internal interface IRateLimiter
{
    /// <summary>Takes a token where there is one. Never throws: a shared limiter whose server is away falls back to the instance's own limit.</summary>
    ValueTask<RateDecision> TakeAsync(string storeId, IngestEndpoint endpoint);
}
