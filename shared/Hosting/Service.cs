using CustomEvents.Hosting.Health;
using CustomEvents.Hosting.Settings;
using CustomEvents.Hosting.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CustomEvents.Hosting;

/// <summary>A service of the pipeline, from its settings to its end.</summary>
public static class Service
{
    /// <summary>
    /// Runs a service to its end: 0, or 1 where it could not start or failed. What keeps it from starting (a setting, a taken port, an unusable
    /// data folder) is told on stderr in a few lines that say what to do, instead of a stack trace.
    /// </summary>
    /// <param name="name">Its name in telemetry; also chooses where it listens by default (<see cref="ListenAddress"/>).</param>
    /// <param name="args">
    /// The command line: settings as <c>--Kafka:Partitions=24</c>; or <c>--healthcheck</c>, which starts nothing and asks the service that runs here
    /// whether it is ready (0, else 1).
    /// </param>
    /// <param name="add">Adds the parts, beside those of <see cref="ServiceDefaults"/>, which are there already.</param>
    /// <param name="map">Maps what it answers over HTTP, in order.</param>
    public static async Task<int> RunAsync(string name, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        if (args is [HealthProbe.Argument])
            return await HealthProbe.RunAsync(name);
        try
        {
            // Settings are read once. The watch for changes of them covers all files below the working folder, so that each write to a data folder there woke a thread.
            var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
            builder.AddServiceDefaults(name);
            add(builder);
            await using var app = builder.Build();
            map(app);
            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // It was told to end, or a part of it failed, before it had started: what has started is stopped below.
            }

            await app.WaitForShutdownAsync();
            return app.Services.GetRequiredService<ServiceFailure>().HasFailed ? 1 : 0;
        }
        catch (Exception failure) when (StartFailures.Explain(failure) is { } text)
        {
            await Console.Error.WriteLineAsync(text);
            return 1;
        }
    }
}
