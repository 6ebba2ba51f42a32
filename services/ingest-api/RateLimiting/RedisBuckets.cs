using CustomEvents.IngestApi.Requests;
using CustomEvents.Pipeline;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>
/// The buckets of contract section 4 in Redis. A request is one round trip: a script, which Redis runs by itself and whole. The time is the
/// server's own, so that instances whose clocks differ fill one bucket at one rate. A key lives until its bucket is full: a full one is the
/// same as none.
/// </summary>
internal sealed class RedisBuckets(IOptions<RedisOptions> options, IOptions<RateLimitOptions> limit, TimeProvider time) : IAsyncDisposable
{
    private const string Prefix = "custom-events:rate:";
    private const long Microseconds = 1_000_000;

    /// <summary>No store can have this name: the tilde is not in ids.</summary>
    private static readonly RedisKey ProbeKey = Prefix + "~probe";

    // The bucket's level and the time at which it had it. A clock that was set back counts from where it is now: otherwise nothing would
    // flow in until it is again where it was. The numbers are written out, because Lua's own text has 14 digits.
    private const string Script = """
        local rate, capacity, token = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local level, at = capacity, now
        local kept = redis.call('GET', KEYS[1])
        if kept then
          local old, since = string.match(kept, '^(%d+) (%d+)$')
          if old then
            at = tonumber(since)
            level = math.min(capacity, old + math.max(0, now - at) * rate)
          end
        end
        local allowed = level >= token
        if allowed then level = level - token end
        if allowed or now < at then
          redis.call('SET', KEYS[1], string.format('%.0f %.0f', level, now), 'PX', math.ceil((capacity - level) / (rate * 1000)) + 1000)
        end
        return {allowed and 1 or 0, level}
        """;

    private readonly BucketShape _shape = new(limit.Value.RequestsPerSecond, limit.Value.Burst, Microseconds);
    private readonly RedisValue[] _arguments =
        [limit.Value.RequestsPerSecond, limit.Value.Burst * Microseconds, Microseconds];

    private readonly TimeSpan _patience = options.Value.Timeout;
    private Task<ConnectionMultiplexer>? _connecting;

    /// <summary>Takes a token.</summary>
    /// <exception cref="InfrastructureException">Redis did not do it in time; whether a token was taken is not known.</exception>
    public Task<RateDecision> TakeAsync(string storeId, IngestEndpoint endpoint) =>
        TakeAsync(string.Concat(Prefix, storeId, endpoint == IngestEndpoint.Single ? ":events" : ":bulk"));

    /// <summary>Does what a request would do, on a bucket of its own: a server that answers and lets nothing be written is of no use.</summary>
    /// <exception cref="InfrastructureException">It cannot be done now.</exception>
    public Task ProbeAsync() => TakeAsync(ProbeKey);

    /// <summary>Begins to connect, or to connect anew where that failed, and waits for it.</summary>
    /// <exception cref="InfrastructureException">It is not done within that time; it goes on.</exception>
    public async Task ConnectAsync(TimeSpan patience)
    {
        if (_connecting is null or { IsFaulted: true } or { IsCanceled: true })
            _connecting = ConnectionMultiplexer.ConnectAsync(RedisConfiguration.TryParse(options.Value.Configuration)!);
        try
        {
            await _connecting.WaitAsync(patience, time);
        }
        catch (Exception away) when (IsAway(away))
        {
            throw Away(away, patience);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
            await (await connected).DisposeAsync();
    }

    private async Task<RateDecision> TakeAsync(RedisKey key)
    {
        if (_connecting is not { IsCompletedSuccessfully: true } connected)
            throw new InfrastructureException("not connected yet");
        try
        {
            var database = (await connected).GetDatabase();
            // The whole script each time: it is short, and one known by its hash alone is unknown to a server that began anew.
            var answer = await database.ScriptEvaluateAsync(
                Script, [key], _arguments, CommandFlags.NoScriptCache | CommandFlags.DemandMaster).WaitAsync(_patience, time);
            var (taken, level) = ((long)answer[0], (long)answer[1]);
            return _shape.Decide(taken == 1, level);
        }
        catch (Exception away) when (IsAway(away))
        {
            throw Away(away, _patience);
        }
    }

    private static bool IsAway(Exception exception) =>
        exception is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException or InvalidCastException;

    /// <summary>What went wrong, without the addresses and details that the client's own messages have.</summary>
    private static InfrastructureException Away(Exception away, TimeSpan patience) => new(
        away switch
        {
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => "it does not accept the user or password",
            RedisConnectionException connection => $"no connection ({connection.FailureType})",
            RedisServerException refused => $"it refused: {refused.Message}",
            TimeoutException => $"no answer within {patience.TotalMilliseconds:0} ms",
            _ => away.GetType().Name,
        },
        away);
}
