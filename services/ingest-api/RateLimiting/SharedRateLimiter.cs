using System.Diagnostics.Metrics;
using CustomEvents.IngestApi.Requests;
using CustomEvents.Pipeline;

namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>
/// One limit for all instances that are given the same Redis. The first request that Redis does not answer in time is judged by this
/// instance's own limit, and so is every other at once, without asking, until a probe beside them finds Redis back. No trouble with it is
/// ever an answer to a client, or a reason not to be ready (contract section 4).
/// </summary>
internal sealed partial class SharedRateLimiter : BackgroundService, IRateLimiter, IReadinessSource
{
    private static readonly TimeSpan AwayInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(1);

    private readonly RedisBuckets _buckets;
    private readonly TokenBucketRateLimiter _own;
    private readonly ILogger<SharedRateLimiter> _logger;
    private readonly SemaphoreSlim _noticed = new(0);
    private readonly Counter<long> _ownDecisions;
    private volatile string? _trouble = "not connected yet";
    // Whether the log has the trouble, or its end, last; null before either.
    private bool? _isTold;

    public SharedRateLimiter(RedisBuckets buckets, TokenBucketRateLimiter own, IMeterFactory meters, ILogger<SharedRateLimiter> logger)
    {
        _buckets = buckets;
        _own = own;
        _logger = logger;
        var meter = meters.Create(IngestMetrics.MeterName);
        _ownDecisions = meter.CreateCounter<long>(
            "custom_events.ingest.rate_limit.own_decisions", "{request}", "Requests that this instance judged by its own limit, because Redis was away.");
        meter.CreateObservableGauge(
            "custom_events.ingest.rate_limit.is_shared", () => IsShared ? 1 : 0, "1", "1 while Redis keeps the limit for all instances, 0 while this one keeps its own.");
    }

    /// <summary>Whether requests are judged by the limit of all instances together.</summary>
    public bool IsShared => _trouble is null;

    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public string? Problem => _trouble is { } trouble ? $"Redis: {trouble}. Until it is back this instance keeps a rate limit of its own." : null;

    /// <inheritdoc/>
    public bool IsRequired => false;

    /// <inheritdoc/>
    public ValueTask<RateDecision> TakeAsync(string storeId, IngestEndpoint endpoint) =>
        IsShared ? TakeSharedAsync(storeId, endpoint) : TakeOwn(storeId, endpoint);

    /// <summary>Waits a moment for Redis, so that the first requests already count for all; an absent one delays no start for longer.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AskAsync(StartPatience);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                // Without trouble it is asked too: health shows the truth although no request comes.
                await (IsShared ? _noticed.WaitAsync(IdleInterval, stoppingToken) : Task.Delay(AwayInterval, stoppingToken));
                // Many requests may have noticed the same.
                while (_noticed.Wait(0, CancellationToken.None))
                {
                }

                await AskAsync(AwayInterval);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async ValueTask<RateDecision> TakeSharedAsync(string storeId, IngestEndpoint endpoint)
    {
        try
        {
            return await _buckets.TakeAsync(storeId, endpoint);
        }
        catch (Exception away) when (away is not OutOfMemoryException)
        {
            _trouble = TroubleOf(away);
            _noticed.Release();
            return await TakeOwn(storeId, endpoint);
        }
    }

    private ValueTask<RateDecision> TakeOwn(string storeId, IngestEndpoint endpoint)
    {
        _ownDecisions.Add(1);
        return _own.TakeAsync(storeId, endpoint);
    }

    private async Task AskAsync(TimeSpan patience)
    {
        try
        {
            await _buckets.ConnectAsync(patience);
            await _buckets.ProbeAsync();
            _trouble = null;
            if (_isTold is false)
                return;
            _isTold = false;
            LogShared();
        }
        catch (Exception away) when (away is not OutOfMemoryException)
        {
            // Whoever gave up here would leave Redis away for ever. A hiccup, over before it was asked, is counted and not told.
            var trouble = TroubleOf(away);
            _trouble = trouble;
            if (_isTold is true)
                return;
            _isTold = true;
            LogOwn(trouble);
        }
    }

    private static string TroubleOf(Exception away) => away is InfrastructureException ? away.Message : away.GetType().Name;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot be used for the rate limit: {Reason}. This instance keeps a limit of its own and asks again.")]
    private partial void LogOwn(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis keeps the rate limit, for all instances together.")]
    private partial void LogShared();
}
