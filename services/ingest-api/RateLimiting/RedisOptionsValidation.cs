using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>Refuses what cannot be a Redis when the service starts. One that is merely away is no reason not to start.</summary>
internal sealed class RedisOptionsValidation : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        if (options.Configuration.Length > 0 && RedisConfiguration.TryParse(options.Configuration) is null)
        {
            return ValidateOptionsResult.Fail(
                $"Redis__Configuration (or REDIS_URL) is '{RedisConfiguration.Redact(options.Configuration)}': set it to host:port[,option=value...] or redis://[user:password@]host[:port][/database], or leave it out for none.");
        }

        return options.Timeout >= TimeSpan.FromMilliseconds(1) && options.Timeout <= TimeSpan.FromSeconds(1)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Redis__Timeout is {options.Timeout}: set it to 00:00:00.001 to 00:00:01, or leave it out for 50 ms.");
    }
}
