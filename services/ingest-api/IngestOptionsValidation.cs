using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi;

/// <summary>Refuses settings that cannot work when the service starts, and says which, what and how to mend it.</summary>
internal sealed class IngestOptionsValidation : IValidateOptions<IngestOptions>, IValidateOptions<RateLimitOptions>
{
    private const int MostRequests = 1_000_000;

    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        if (options.MaxBytesInFlight < IngestOptions.LeastBytesInFlight)
        {
            return ValidateOptionsResult.Fail(
                $"Ingest__MaxBytesInFlight is {options.MaxBytesInFlight}: set it to at least {IngestOptions.LeastBytesInFlight} bytes (64 MiB), or leave it out for 128 MiB.");
        }

        if (options.KeyFreshFor < TimeSpan.FromSeconds(0.1) || options.KeyFreshFor > TimeSpan.FromSeconds(4))
            return ValidateOptionsResult.Fail($"Ingest__KeyFreshFor is {options.KeyFreshFor}: set it to 00:00:00.1 to 00:00:04, or leave it out for 2 seconds.");
        if (options.MaxConnections < 1)
            return ValidateOptionsResult.Fail($"Ingest__MaxConnections is {options.MaxConnections}: set it to at least 1, or leave it out for 10000.");
        return ValidateOptionsResult.Success;
    }

    public ValidateOptionsResult Validate(string? name, RateLimitOptions options)
    {
        if (options.RequestsPerSecond is < 1 or > MostRequests)
            return ValidateOptionsResult.Fail($"RateLimit__RequestsPerSecond is {options.RequestsPerSecond}: set it to 1 to {MostRequests}, or leave it out for 100.");
        if (options.Burst is < 1 or > MostRequests)
            return ValidateOptionsResult.Fail($"RateLimit__Burst is {options.Burst}: set it to 1 to {MostRequests}, or leave it out for 100.");
        return ValidateOptionsResult.Success;
    }
}
