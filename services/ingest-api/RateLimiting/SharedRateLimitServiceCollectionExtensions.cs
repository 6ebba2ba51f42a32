using CustomEvents.Pipeline;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>Lets several instances of the API keep one rate limit.</summary>
internal static class SharedRateLimitServiceCollectionExtensions
{
    /// <summary>
    /// Puts the limit into the Redis of the section <c>Redis</c>; where none is named, each instance keeps its own (contract section 4).
    /// It takes the place of what <see cref="IngestApiServiceCollectionExtensions.AddIngestApi"/> added.
    /// </summary>
    public static IServiceCollection AddSharedRateLimit(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(RedisOptions.Section);
        if (string.IsNullOrWhiteSpace(section[nameof(RedisOptions.Configuration)]))
            return services;
        services.AddOptions<RedisOptions>().Bind(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisOptionsValidation>();
        services.AddSingleton<TokenBucketRateLimiter>();
        services.AddSingleton<RedisBuckets>();
        services.AddSingleton<SharedRateLimiter>();
        services.AddSingleton<IReadinessSource>(static provider => provider.GetRequiredService<SharedRateLimiter>());
        services.AddHostedService(static provider => provider.GetRequiredService<SharedRateLimiter>());
        return services.Replace(ServiceDescriptor.Singleton<IRateLimiter>(static provider => provider.GetRequiredService<SharedRateLimiter>()));
    }
}
