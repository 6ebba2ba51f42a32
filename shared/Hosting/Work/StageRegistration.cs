using CustomEvents.Hosting.Health;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Running;
using CustomEvents.Pipeline.Stages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CustomEvents.Hosting.Work;

/// <summary>Puts stages of the pipeline into a service.</summary>
public static class StageRegistration
{
    /// <summary>
    /// Runs a stage over a topic as a group, from the moment when all that the service needs is there to its end. Its settings are the section
    /// <c>Stage</c>, the same for every stage of the service; the service is not ready while the stage has a problem.
    /// </summary>
    /// <typeparam name="TStage">The stage; it is made with what the adapters added.</typeparam>
    /// <param name="builder">The service.</param>
    /// <param name="topic">Which of the topics it reads.</param>
    /// <param name="stage">The stage's name, and by <see cref="TopicNames.Group"/> its group's: all instances of the service read as one.</param>
    public static WebApplicationBuilder AddStage<TStage>(this WebApplicationBuilder builder, Func<TopicNames, string> topic, string stage)
        where TStage : class, IStage
    {
        builder.Services.AddOptions<StageOptions>().Bind(builder.Configuration.GetSection("Stage")).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StageOptions>, StageOptionsValidation>());
        builder.Services.TryAddSingleton<TStage>();
        builder.Services.AddKeyedSingleton(stage, (provider, _) => new StageRunner(
            provider.GetRequiredService<TStage>(),
            topic(provider.GetRequiredService<TopicNames>()),
            TopicNames.Group(stage, topic(provider.GetRequiredService<TopicNames>())),
            provider.GetRequiredService<ILogReaderFactory>(),
            provider.GetRequiredService<ILogWriter>(),
            provider.GetRequiredService<TopicNames>(),
            provider.GetRequiredService<IOptions<StageOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StageRunner>>()));
        builder.Services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredKeyedService<StageRunner>(stage));
        builder.Services.AddSingleton<IHostedService>(provider => new Worker(
            stage,
            provider.GetRequiredKeyedService<StageRunner>(stage).RunAsync,
            provider.GetRequiredService<DependencyMonitor>(),
            provider.GetRequiredService<ServiceFailure>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<Worker>>()));
        return builder;
    }

    private sealed class StageOptionsValidation : IValidateOptions<StageOptions>
    {
        public ValidateOptionsResult Validate(string? name, StageOptions options) =>
            options.Validate() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
