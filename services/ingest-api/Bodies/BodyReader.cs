using System.IO.Pipelines;

namespace CustomEvents.IngestApi.Bodies;

/// <summary>Reads a request's body within its limits of size and time (contract sections 2 and 7) while it arrives.</summary>
internal sealed class BodyReader(TimeProvider time)
{
    /// <summary>At least some of the body has to arrive within this time.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    /// <summary>The whole body has to arrive within this time.</summary>
    public static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Reads the whole body into <paramref name="body"/>. The memory for a body whose length is known is taken before its first byte
    /// is read; another one takes more as it grows.
    /// </summary>
    /// <param name="reader">The body.</param>
    /// <param name="contentLength">Its length where the client told it.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="body">Takes it.</param>
    /// <exception cref="IOException">The client went away, or what it sent is not HTTP.</exception>
    public async ValueTask<BodyOutcome> ReadAsync(PipeReader reader, long? contentLength, int limit, PooledBody body)
    {
        if (contentLength > limit)
            return BodyOutcome.TooLarge;
        if (contentLength is { } length && !body.TryReserve((int)length))
            return BodyOutcome.NoMemory;
        BodyClock? clock = null;
        try
        {
            while (true)
            {
                var pending = reader.ReadAsync();
                if (!pending.IsCompleted)
                    (clock ??= new BodyClock(time, reader)).Start();
                var result = await pending;
                clock?.Stop();
                var buffer = result.Buffer;
                if (body.Length + buffer.Length > limit)
                {
                    reader.AdvanceTo(buffer.End);
                    return BodyOutcome.TooLarge;
                }

                var taken = body.TryAppend(buffer, limit);
                reader.AdvanceTo(buffer.End);
                if (!taken)
                    return BodyOutcome.NoMemory;
                if (result.IsCompleted)
                    return BodyOutcome.Complete;
                if (clock?.IsOver(progress: !buffer.IsEmpty) == true)
                    return BodyOutcome.TooSlow;
            }
        }
        finally
        {
            clock?.Dispose();
        }
    }

    /// <summary>Made only for a body that did not come together with its head, so that the common case needs no timer.</summary>
    private sealed class BodyClock : IDisposable
    {
        private readonly TimeProvider _time;
        private readonly ITimer _timer;
        private readonly long _begin;
        private long _lastProgress;

        public BodyClock(TimeProvider time, PipeReader reader)
        {
            _time = time;
            _begin = _lastProgress = time.GetTimestamp();
            _timer = time.CreateTimer(
                static state => ((PipeReader)state!).CancelPendingRead(), reader, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Start()
        {
            var left = WholeLimit - _time.GetElapsedTime(_begin);
            var stall = StallLimit - _time.GetElapsedTime(_lastProgress);
            var due = left < stall ? left : stall;
            _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public bool IsOver(bool progress)
        {
            var now = _time.GetTimestamp();
            if (_time.GetElapsedTime(_begin, now) >= WholeLimit)
                return true;
            if (!progress)
                return _time.GetElapsedTime(_lastProgress, now) >= StallLimit;
            _lastProgress = now;
            return false;
        }

        public void Dispose() => _timer.Dispose();
    }
}
