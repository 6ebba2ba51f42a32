using CustomEvents.Pipeline;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace CustomEvents.Hosting.Health;

/// <summary>
/// Prepares what the service needs, again and again until it is there, side by side so that one that is away delays no other; then asks each
/// every 2 s how it is. Work begins after <see cref="Prepared"/>.
/// </summary>
internal sealed partial class DependencyMonitor(IEnumerable<IDependency> dependencies, TimeProvider time, ILogger<DependencyMonitor> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Watched[] _watched = [.. dependencies.Select(static dependency => new Watched(dependency))];
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything was prepared; never where the service ends before.</summary>
    public Task Prepared => _prepared.Task;

    /// <summary>Each and its problem, as last seen.</summary>
    public IEnumerable<SourceHealth> Sources => _watched.Select(static one => new SourceHealth(one.Dependency.Name, one.Problem));

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var preparing = Array.ConvertAll(_watched, one => PrepareAsync(one, stoppingToken));
            var watching = Array.ConvertAll(_watched, one => WatchAsync(one, preparing[Array.IndexOf(_watched, one)], stoppingToken));
            await Task.WhenAll(preparing);
            _prepared.TrySetResult();
            await Task.WhenAll(watching);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async Task PrepareAsync(Watched one, CancellationToken stoppingToken)
    {
        for (var pause = FirstPause; ; pause = Min(pause * 2, LongestPause))
        {
            var problem = await AttemptAsync(one, async token =>
            {
                await one.Dependency.PrepareAsync(token);
                return null;
            }, stoppingToken);
            Note(one, problem);
            if (problem is null)
                return;
            // Several instances that wait for the same server do not come back in step.
            await Task.Delay(pause * (0.8 + (Random.Shared.NextDouble() * 0.4)), time, stoppingToken);
        }
    }

    private async Task WatchAsync(Watched one, Task prepared, CancellationToken stoppingToken)
    {
        await prepared;
        // A call every 2 s, each a trace of its own, would bury those of events.
        using var untraced = SuppressInstrumentationScope.Begin();
        while (true)
        {
            await Task.Delay(Interval, time, stoppingToken);
            Note(one, await AttemptAsync(one, token => one.Dependency.CheckAsync(token).WaitAsync(CheckLimit, time, token), stoppingToken));
        }
    }

    private async Task<string?> AttemptAsync(Watched one, Func<CancellationToken, Task<string?>> attempt, CancellationToken stoppingToken)
    {
        try
        {
            return await attempt(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            throw;
        }
        catch (InfrastructureException away)
        {
            return away.Message;
        }
        catch (TimeoutException)
        {
            return $"does not answer within {CheckLimit.TotalSeconds:0} s";
        }
#pragma warning disable CA1031 // A bug in one check must not end the watch over the others.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            LogUnexpected(unexpected, one.Dependency.Name);
            return $"failed unexpectedly ({unexpected.GetType().Name}); the log has the details";
        }
    }

    private void Note(Watched one, string? problem)
    {
        var before = one.Problem;
        one.Problem = problem;
        if (problem is null && before is not null)
            LogThere(one.Dependency.Name);
        else if (problem is not null && problem != before)
            LogProblem(one.Dependency.Name, problem);
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Dependency} is there and as it has to be")]
    private partial void LogThere(string dependency);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Dependency}: {Problem}")]
    private partial void LogProblem(string dependency, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Dependency} failed in a way that nobody foresaw")]
    private partial void LogUnexpected(Exception exception, string dependency);

    private sealed class Watched(IDependency dependency)
    {
        private volatile string? _problem = "is not prepared yet";

        public IDependency Dependency { get; } = dependency;

        public string? Problem
        {
            get => _problem;
            set => _problem = value;
        }
    }
}
