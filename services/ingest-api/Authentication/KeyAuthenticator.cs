using System.Collections.Concurrent;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Stores;
using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi.Authentication;

/// <summary>
/// Decides about keys, contract section 3, from what the store of keys said a moment ago. What it said counts from when it was
/// asked, for <see cref="IngestOptions.KeyFreshFor"/>; in the second half of that time keys that were used a moment ago are read again beside their requests, all
/// that are due by one query, so that requests of a store that sends every few seconds never wait and the queries do not grow with the keys in use. While the
/// store is away the keys known go on for ten minutes, and it is asked every second whether it is back.
/// </summary>
internal sealed partial class KeyAuthenticator : IDisposable
{
    /// <summary>How long a key that is known works while the store of keys is away.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);

    /// <summary>How long a request waits for the store of keys. With <see cref="IngestOptions.KeyFreshFor"/> it stays below 5 s, or the store counts as away.</summary>
    public static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(3);

    // How long after its last use a key is kept fresh.
    private static readonly TimeSpan InUseFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AwayInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    private const int MaxKnown = 100_000;
    private const int MaxLookups = 64;

    // So many by one query that it stays far within its limit.
    private const int MaxRefreshed = 5_000;

    private readonly ConcurrentDictionary<KeyHash, Known> _known = new();
    private readonly ConcurrentDictionary<KeyHash, Lazy<Task<Answer>>> _lookups = new();
    private readonly ConcurrentDictionary<string, bool> _existing = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(MaxLookups);
    private readonly CancellationTokenSource _stopped = new();
    private readonly RefusedKeys _refused;
    private readonly ITenantStore _tenants;
    private readonly TimeProvider _time;
    private readonly ILogger<KeyAuthenticator> _logger;
    private readonly TimeSpan _freshFor;
    private int _isAway;
    private int _isRefreshing;

    public KeyAuthenticator(ITenantStore tenants, TimeProvider time, IOptions<IngestOptions> options, ILogger<KeyAuthenticator> logger)
    {
        _tenants = tenants;
        _time = time;
        _logger = logger;
        _freshFor = options.Value.KeyFreshFor;
        _refused = new RefusedKeys(time, _freshFor);
    }

    private enum Answer
    {
        Found,
        NotFound,
        Away,
    }

    /// <summary>How many keys it holds something of: those known, those refused a moment ago, and those that are looked up.</summary>
    public int Remembered => _known.Count + _refused.Count + _lookups.Count;

    /// <summary>What is known of a key now.</summary>
    public ValueTask<KeyVerdict> CheckAsync(ReadOnlySpan<char> token)
    {
        var hash = KeyHash.Of(token);
        if (_known.TryGetValue(hash, out var known))
        {
            known.Used = _time.GetTimestamp();
            if (Volatile.Read(ref _isRefreshing) == 0)
                StartRefresh();
            return IsOlder(known.AsOf, _freshFor) ? CheckAgainAsync(hash, known) : new(Judge(known));
        }

        return _refused.Contains(hash) ? new(new KeyVerdict(KeyStanding.Refused)) : CheckFirstAsync(hash);
    }

    /// <summary>Whether a key's store exists. Only a store that exists is remembered: unknown means looked up afresh.</summary>
    /// <exception cref="InfrastructureException">It cannot be known now.</exception>
    public async ValueTask<bool> StoreExistsAsync(ApiKey key)
    {
        if (_existing.ContainsKey(key.StoreId))
            return true;
        using var patience = new CancellationTokenSource(LookupLimit, _time);
        try
        {
            if (!await _tenants.StoreExistsAsync(key.StoreId, patience.Token).WaitAsync(LookupLimit, _time))
                return false;
        }
        catch (Exception late) when (late is OperationCanceledException or TimeoutException)
        {
            throw new InfrastructureException("The stores did not answer in time.", late);
        }

        if (_existing.Count < MaxKnown)
            _existing.TryAdd(key.StoreId, true);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private async ValueTask<KeyVerdict> CheckAgainAsync(KeyHash hash, Known known)
    {
        var answer = Volatile.Read(ref _isAway) == 1 ? Answer.Away : await LookUp(hash);
        return answer switch
        {
            Answer.Found => _known.TryGetValue(hash, out var found) ? Judge(found) : new(KeyStanding.Refused),
            Answer.NotFound => new(KeyStanding.Refused),
            Answer.Away => _time.GetElapsedTime(known.AsOf) <= KnownFor ? Judge(known) : new(KeyStanding.Unknown),
        };
    }

    private async ValueTask<KeyVerdict> CheckFirstAsync(KeyHash hash)
    {
        var answer = Volatile.Read(ref _isAway) == 1 ? Answer.Away : await LookUp(hash);
        return answer switch
        {
            Answer.Found => _known.TryGetValue(hash, out var found) ? Judge(found) : new(KeyStanding.Refused),
            Answer.NotFound => new(KeyStanding.Refused),
            Answer.Away => new(KeyStanding.Unknown),
        };
    }

    /// <summary>An expired key stops at its time, whatever the store of keys last said.</summary>
    private KeyVerdict Judge(Known known) =>
        known.Key.ExpiresAt is { } end && _time.GetUtcNow().UtcDateTime >= end
            ? new(KeyStanding.Refused)
            : new(KeyStanding.Live, known.Key);

    /// <summary>Asks the store of keys, once for all that want to know the same at the same time.</summary>
    private Task<Answer> LookUp(KeyHash hash) =>
        _lookups.GetOrAdd(hash, static (asked, self) => new Lazy<Task<Answer>>(() => self.LookUpAsync(asked)), this).Value;

    private async Task<Answer> LookUpAsync(KeyHash hash)
    {
        // Keys never seen before share few places, so that a flood of random ones does not become a flood of queries.
        var isStranger = !_known.ContainsKey(hash);
        var hasSlot = false;
        try
        {
            if (isStranger)
            {
                hasSlot = await _slots.WaitAsync(LookupLimit, _stopped.Token);
                if (!hasSlot)
                    return Answer.Away;
            }

            var asOf = _time.GetTimestamp();
            var found = await FindAsync([hash.ToString()]);
            return Learn(hash, found.Count > 0 ? found[0] : null, asOf);
        }
        catch (Exception away) when (IsAway(away))
        {
            NoteAway(away, hash);
            return Answer.Away;
        }
        finally
        {
            if (hasSlot)
                _slots.Release();
            _lookups.TryRemove(hash, out _);
        }
    }

    private void StartRefresh()
    {
        if (Interlocked.Exchange(ref _isRefreshing, 1) == 0)
            _ = Task.Run(RefreshAsync);
    }

    /// <summary>Runs while any key is in use.</summary>
    private async Task RefreshAsync()
    {
        try
        {
            while (_known.Any(key => IsInUse(key.Value)))
            {
                var due = Volatile.Read(ref _isAway) == 1 ? [] : _known.Where(key => IsInUse(key.Value) && IsOlder(key.Value.AsOf, _freshFor / 2)).Select(key => key.Key);
                foreach (var hashes in due.Chunk(MaxRefreshed))
                    await RefreshDueAsync(hashes);
                await Task.Delay(RefreshInterval, _time, _stopped.Token);
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            return;
        }
        catch (Exception unforeseen) when (unforeseen is not OutOfMemoryException)
        {
            LogUnforeseen(unforeseen.GetType());
        }

        // The next use starts it anew.
        Volatile.Write(ref _isRefreshing, 0);
    }

    private bool IsInUse(Known known) => !IsOlder(known.Used, InUseFor);

    private bool IsOlder(long timestamp, TimeSpan age) => _time.GetElapsedTime(timestamp) >= age;

    private async Task RefreshDueAsync(KeyHash[] hashes)
    {
        try
        {
            var asOf = _time.GetTimestamp();
            var names = Array.ConvertAll(hashes, static hash => hash.ToString());
            var found = (await FindAsync(names)).ToDictionary(static key => key.Hash, StringComparer.Ordinal);
            for (var i = 0; i < hashes.Length; i++)
                Learn(hashes[i], found.GetValueOrDefault(names[i]), asOf);
        }
        catch (Exception away) when (IsAway(away))
        {
            NoteAway(away, hashes[0]);
        }
    }

    /// <summary>Takes note of what the store of keys said of a key when it was asked.</summary>
    private Answer Learn(KeyHash hash, ApiKey? key, long asOf)
    {
        Volatile.Write(ref _isAway, 0);
        if (key is null || key.RevokedAt is not null || key.ExpiresAt <= _time.GetUtcNow().UtcDateTime)
        {
            _known.TryRemove(hash, out _);
            _refused.Add(hash);
            return Answer.NotFound;
        }

        if (_known.Count >= MaxKnown)
            ForgetIdle();
        _known[hash] = new Known(key, asOf) { Used = _known.TryGetValue(hash, out var before) ? before.Used : asOf };
        return Answer.Found;
    }

    private static bool IsAway(Exception e) => e is InfrastructureException or TimeoutException or OperationCanceledException;

    private void NoteAway(Exception away, KeyHash hash)
    {
        if (_stopped.IsCancellationRequested || Interlocked.Exchange(ref _isAway, 1) != 0)
            return;
        LogAway(away.Message);
        _ = WaitForReturnAsync(hash);
    }

    private async Task<IReadOnlyList<ApiKey>> FindAsync(string[] hashes)
    {
        // A store that asks for several at once goes on for the others; whoever gave up waits no longer.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
        patience.CancelAfter(LookupLimit);
        return await _tenants.FindKeysAsync(hashes, patience.Token).WaitAsync(LookupLimit, _time, _stopped.Token);
    }

    /// <summary>Asks every second until the store of keys answers; then each key is read again before it is next used.</summary>
    private async Task WaitForReturnAsync(KeyHash hash)
    {
        var stopped = _stopped.Token;
        while (Volatile.Read(ref _isAway) == 1)
        {
            try
            {
                await Task.Delay(AwayInterval, _time, stopped);
                await LookUp(hash);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unforeseen) when (unforeseen is not OutOfMemoryException)
            {
                // Whoever gave up here would leave the store away for ever.
                LogUnforeseen(unforeseen.GetType());
            }
        }

        LogBack();
    }

    private void ForgetIdle()
    {
        foreach (var (hash, known) in _known)
        {
            if (_time.GetElapsedTime(known.AsOf) > KnownFor)
                _known.TryRemove(hash, out _);
        }

        // All of them in use within ten minutes: they are only a cache, and are read again as they are needed.
        if (_known.Count >= MaxKnown)
            _known.Clear();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store of keys cannot be reached ({Reason}). Keys known to this instance go on for ten minutes; requests with others are answered with 503.")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store of keys failed in a way that was not foreseen: {Type}. It is asked again in a second.")]
    private partial void LogUnforeseen(Type type);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store of keys answers again.")]
    private partial void LogBack();

    /// <param name="Key">The key.</param>
    /// <param name="AsOf">When the store of keys was asked.</param>
    private sealed record Known(ApiKey Key, long AsOf)
    {
        /// <summary>When a request came with it last. Of two at once either may be noted: they are a moment apart.</summary>
        public long Used { get; set; }
    }
}
