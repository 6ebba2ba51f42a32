using CustomEvents.Hosting.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Hosting.Work;

/// <summary>
/// Runs one piece of work of a service from the moment when all that it needs is there. Work that fails or ends by itself ends the process: one that
/// stays up and does nothing would look healthy to whoever restarts processes.
/// </summary>
internal sealed partial class Worker(
    string name, Func<CancellationToken, Task> work, DependencyMonitor dependencies, ServiceFailure failure, IHostApplicationLifetime lifetime,
    ILogger<Worker> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await dependencies.Prepared.WaitAsync(stoppingToken);
            LogStarts(name);
            await work(stoppingToken);
            if (stoppingToken.IsCancellationRequested)
                return;
            LogEnded(name);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever it is, it is told and ends the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception, name);
        }

        failure.Set();
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Work} starts")]
    private partial void LogStarts(string work);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Work} ended by itself: the process ends, to be started anew")]
    private partial void LogEnded(string work);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Work} failed: the process ends, to be started anew")]
    private partial void LogFailed(Exception exception, string work);
}
