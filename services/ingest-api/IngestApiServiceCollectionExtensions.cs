using CustomEvents.IngestApi.Authentication;
using CustomEvents.IngestApi.Bodies;
using CustomEvents.IngestApi.RateLimiting;
using CustomEvents.IngestApi.Requests;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi;

/// <summary>Adds the HTTP API to a service.</summary>
public static class IngestApiServiceCollectionExtensions
{
    /// <summary>
    /// Adds the API of contract sections 1 to 4 and 7, with its settings (sections <c>Ingest</c> and <c>RateLimit</c>) and the limits
    /// of the web server. It needs an <see cref="Pipeline.Log.ILogWriter"/>, an <see cref="Pipeline.Stores.ITenantStore"/> and the
    /// <see cref="Pipeline.Log.TopicNames"/>, which an adapter adds; and <see cref="IngestApiApplicationExtensions.MapIngestApi"/>.
    /// </summary>
    public static IServiceCollection AddIngestApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IngestOptions>().Bind(configuration.GetSection(IngestOptions.Section)).ValidateOnStart();
        services.AddOptions<RateLimitOptions>().Bind(configuration.GetSection(RateLimitOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngestOptions>, IngestOptionsValidation>();
        services.AddSingleton<IValidateOptions<RateLimitOptions>, IngestOptionsValidation>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ServerLimits>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRateLimiter, TokenBucketRateLimiter>();
        services.AddSingleton<KeyAuthenticator>();
        services.AddSingleton<FailedAuthentications>();
        services.AddSingleton(provider => new BytesInFlight(provider.GetRequiredService<IOptions<IngestOptions>>().Value.MaxBytesInFlight));
        services.AddSingleton<BodyReader>();
        services.AddSingleton<EventIntake>();
        services.AddSingleton<LogPressure>();
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<IngestHandler>();
        return services;
    }
}
