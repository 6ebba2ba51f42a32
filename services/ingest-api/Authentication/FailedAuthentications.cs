using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CustomEvents.IngestApi.Authentication;

/// <summary>
/// Counts failed authentications for each address, so that keys cannot be guessed at leisure: more than <see cref="Limit"/> within a
/// minute, and the address is refused before authentication until fewer of them lie within the last minute (contract section 2).
/// An IPv6 address counts by its /64, which is what one customer of a provider has.
/// </summary>
internal sealed class FailedAuthentications(TimeProvider time)
{
    /// <summary>The failures that an address may have within a minute.</summary>
    public const int Limit = 300;

    private const int Slots = 6;
    private const int MaxAddresses = 65_536;
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Source, Record> _records = new();

    /// <summary>How many addresses are kept.</summary>
    public int Count => _records.Count;

    /// <summary>The whole seconds, at most 60, for which the address is refused; 0 where it is not.</summary>
    public int RefusedFor(IPAddress? address)
    {
        if (_records.IsEmpty || !_records.TryGetValue(Source.Of(address), out var record))
            return 0;
        lock (record)
        {
            var left = record.RefusedUntil - time.GetElapsedTime(0);
            return left > TimeSpan.Zero ? (int)Math.Ceiling(left.TotalSeconds) : 0;
        }
    }

    /// <summary>Counts one failure.</summary>
    public void Add(IPAddress? address)
    {
        var source = Source.Of(address);
        if (!_records.TryGetValue(source, out var record))
        {
            if (_records.Count >= MaxAddresses)
                Forget();
            record = _records.GetOrAdd(source, static _ => new Record());
        }

        var now = time.GetElapsedTime(0);
        lock (record)
        {
            record.Add(now);
        }
    }

    private void Forget()
    {
        var now = time.GetElapsedTime(0);
        foreach (var (source, record) in _records)
        {
            lock (record)
            {
                if (record.IsIdle(now))
                    _records.TryRemove(source, out _);
            }
        }

        // So many addresses at once are an attack from everywhere, which a limit for each address does not meet: memory comes first.
        if (_records.Count >= MaxAddresses)
            _records.Clear();
    }

    private readonly record struct Source(AddressFamily Family, ulong Prefix)
    {
        public static Source Of(IPAddress? address)
        {
            if (address is null)
                return default;
            if (address.IsIPv4MappedToIPv6)
                address = address.MapToIPv4();
            Span<byte> bytes = stackalloc byte[16];
            address.TryWriteBytes(bytes, out _);
            return new Source(address.AddressFamily, System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes));
        }
    }

    /// <summary>Failures in six slots of ten seconds: those in the current slot and the five before it lie within a minute.</summary>
    private sealed class Record
    {
        private readonly ushort[] _counts = new ushort[Slots];
        private long _slot;

        public TimeSpan RefusedUntil { get; private set; }

        public void Add(TimeSpan now)
        {
            MoveTo(now);
            ref var count = ref _counts[_slot % Slots];
            if (count < ushort.MaxValue)
                count++;
            var sum = Sum();
            // The failures of a slot count no more once the slot lies a minute back.
            for (var oldest = _slot - Slots + 1; sum > Limit && oldest <= _slot; oldest++)
            {
                if (oldest < 0)
                    continue;
                sum -= _counts[oldest % Slots];
                RefusedUntil = Slot * (oldest + Slots);
            }
        }

        public bool IsIdle(TimeSpan now)
        {
            MoveTo(now);
            return Sum() == 0 && RefusedUntil <= now;
        }

        private int Sum()
        {
            var sum = 0;
            foreach (var count in _counts)
                sum += count;
            return sum;
        }

        private void MoveTo(TimeSpan now)
        {
            var slot = now.Ticks / Slot.Ticks;
            for (var next = Math.Max(_slot + 1, slot - Slots + 1); next <= slot; next++)
                _counts[next % Slots] = 0;
            _slot = Math.Max(_slot, slot);
        }
    }
}
