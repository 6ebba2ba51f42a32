using System.Collections.Concurrent;
using CustomEvents.IngestApi.Requests;
using Microsoft.Extensions.Options;

namespace CustomEvents.IngestApi.RateLimiting;

/// <summary>
/// This instance's own limit. Buckets refill continuously and are counted in whole clock ticks, so nothing is lost to rounding and a
/// steady rate at the limit is never refused; the limiters of System.Threading.RateLimiting refill in steps and refuse it.
/// </summary>
internal sealed class TokenBucketRateLimiter(IOptions<RateLimitOptions> options, TimeProvider time) : IRateLimiter
{
    private const int FirstSweep = 1_024;

    private readonly ConcurrentDictionary<(string StoreId, IngestEndpoint Endpoint), Bucket> _buckets = new();
    private readonly BucketShape _shape = new(options.Value.RequestsPerSecond, options.Value.Burst, time.TimestampFrequency);
    private int _sweepAt = FirstSweep;

    /// <summary>How many buckets are kept.</summary>
    public int Count => _buckets.Count;

    /// <inheritdoc/>
    public ValueTask<RateDecision> TakeAsync(string storeId, IngestEndpoint endpoint)
    {
        var now = time.GetTimestamp();
        while (true)
        {
            if (!_buckets.TryGetValue((storeId, endpoint), out var bucket))
                bucket = Add((storeId, endpoint), now);
            lock (bucket)
            {
                if (bucket.IsRetired)
                    continue;
                Refill(bucket, now);
                var allowed = bucket.Level >= _shape.UnitsPerToken;
                if (allowed)
                    bucket.Level -= _shape.UnitsPerToken;
                return new(_shape.Decide(allowed, bucket.Level));
            }
        }
    }

    private void Refill(Bucket bucket, long now)
    {
        var elapsed = now - bucket.At;
        if (elapsed <= 0)
            return;
        bucket.At = now;
        bucket.Level = elapsed >= (_shape.Capacity / _shape.Rate) + 1
            ? _shape.Capacity
            : Math.Min(_shape.Capacity, bucket.Level + (elapsed * _shape.Rate));
    }

    private Bucket Add((string StoreId, IngestEndpoint Endpoint) key, long now)
    {
        if (_buckets.Count >= Volatile.Read(ref _sweepAt))
            Sweep(now);
        return _buckets.GetOrAdd(key, static (_, start) => new Bucket { Level = start.Capacity, At = start.now }, (_shape.Capacity, now));
    }

    /// <summary>A full bucket is the same as none: memory follows the stores that are busy and not those that ever were.</summary>
    private void Sweep(long now)
    {
        foreach (var (key, bucket) in _buckets)
        {
            lock (bucket)
            {
                Refill(bucket, now);
                if (bucket.Level < _shape.Capacity)
                    continue;
                bucket.IsRetired = true;
                _buckets.TryRemove(key, out _);
            }
        }

        Volatile.Write(ref _sweepAt, Math.Max(FirstSweep, _buckets.Count * 2));
    }

    private sealed class Bucket
    {
        public long Level { get; set; }

        public long At { get; set; }

        public bool IsRetired { get; set; }
    }
}
