using System.Buffers;
using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Tests.Support.InMemoryStores;

public sealed partial class InMemoryStores : IEventStore, IEventReader, ISegmentReader
{
    private readonly Dictionary<Guid, EncodedEvent> _events = [];
    private readonly Dictionary<(string StoreId, Guid EventId), EncodedEvent> _index = [];

    /// <summary>All stored events.</summary>
    public IReadOnlyList<EncodedEvent> AllEvents()
    {
        lock (_lock)
            return [.. _events.Values];
    }

    /// <summary>The events that have segment entries.</summary>
    public IReadOnlyList<(string StoreId, Guid EventId)> IndexedEvents()
    {
        lock (_lock)
            return [.. _index.Keys];
    }

    public Task<IReadOnlyDictionary<Guid, string>> FindOwnersAsync(IReadOnlyCollection<Guid> eventIds, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyDictionary<Guid, string>>(
            nameof(FindOwnersAsync),
            () => eventIds.Where(_events.ContainsKey).ToDictionary(id => id, id => _events[id].StoreId),
            cancellationToken);

    public IEventEncoder NewEncoder() => new Encoder();

    public Task IndexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) =>
        RunAsync(
            nameof(IndexAsync),
            () =>
            {
                foreach (var encoded in events)
                    _index[Key(encoded)] = (EncodedEvent)encoded;
                return true;
            },
            cancellationToken);

    public Task<IReadOnlyList<InsertOutcome>> InsertAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<InsertOutcome>>(
            nameof(InsertAsync), () => [.. events.Select(encoded => Insert((EncodedEvent)encoded))], cancellationToken);

    public Task UnindexAsync(IReadOnlyList<IEncodedEvent> events, CancellationToken cancellationToken) =>
        RunAsync(
            nameof(UnindexAsync),
            () =>
            {
                foreach (var encoded in events)
                    _index.Remove(Key(encoded));
                return true;
            },
            cancellationToken);

    public Task<StoredEvent?> FindByEventIdAsync(string storeId, Guid eventId, CancellationToken cancellationToken) =>
        RunAsync(
            nameof(FindByEventIdAsync),
            () => _events.TryGetValue(eventId, out var stored) && stored.StoreId == storeId ? Stored(stored) : null,
            cancellationToken);

    public Task<StoredEvent?> FindByUniqueIdAsync(string storeId, string uniqueId, CancellationToken cancellationToken) =>
        RunAsync(
            nameof(FindByUniqueIdAsync),
            () => _events.Values.FirstOrDefault(stored => stored.StoreId == storeId && stored.UniqueId == uniqueId) is { } found ? Stored(found) : null,
            cancellationToken);

    public async IAsyncEnumerable<CustomerId> FindCustomersAsync(
        SegmentCondition condition, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await RunAsync(
            nameof(FindCustomersAsync),
            () => _index.Values
                .Where(entry => entry.StoreId == condition.StoreId && entry.EventName == condition.EventName
                    && (condition.Since is not { } since || entry.OccurredAt >= since)
                    && entry.Segmentable.Any(pair => pair.Key == condition.Key && Matches(pair.Value, condition)))
                .Select(entry => entry.CustomerId).Distinct().ToList(),
            cancellationToken);
        foreach (var customer in found)
            yield return customer;
    }

    private static bool Matches(ProfileValue value, SegmentCondition condition)
    {
        if (condition.Operator == SegmentOperator.Exists)
            return true;
        if (Compare(value, condition.Value!.Value) is not { } order)
            return false;
        return condition.Operator switch
        {
            SegmentOperator.Equal => order == 0,
            SegmentOperator.NotEqual => order != 0,
            SegmentOperator.Greater => order > 0,
            SegmentOperator.GreaterOrEqual => order >= 0,
            SegmentOperator.Less => order < 0,
            SegmentOperator.LessOrEqual => order <= 0,
            SegmentOperator.Exists => true,
        };
    }

    private static int? Compare(ProfileValue left, ProfileValue right) => (left.Kind, right.Kind) switch
    {
        (PropertyKind.String, PropertyKind.String) =>
            Encoding.UTF8.GetBytes(left.Text!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(Cut(right.Text!))),
        (PropertyKind.Integer, PropertyKind.Integer) => left.Bits.CompareTo(right.Bits),
        (PropertyKind.Double, PropertyKind.Double) => left.Double.CompareTo(right.Double),
        (PropertyKind.Integer, PropertyKind.Double) => -CompareMixed(right.Double, left.Bits),
        (PropertyKind.Double, PropertyKind.Integer) => CompareMixed(left.Double, right.Bits),
        (PropertyKind.Boolean, PropertyKind.Boolean) or (PropertyKind.Date, PropertyKind.Date) => left.Bits.CompareTo(right.Bits),
        _ => null,
    };

    /// <summary>Exact: no 64-bit integer is rounded to a double.</summary>
    private static int CompareMixed(double left, long right)
    {
        if (left >= 9.2233720368547758E+18)
            return 1;
        if (left < -9.2233720368547758E+18)
            return -1;
        var whole = (long)Math.Floor(left);
        return whole != right ? whole.CompareTo(right) : left > whole ? 1 : 0;
    }

    private static string Cut(string text)
    {
        var length = 0;
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > Limits.MaxIndexedStringBytes)
                break;
            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    private static StoredEvent Stored(EncodedEvent stored) =>
        new(stored.EventId, stored.StoreId, stored.UniqueId, stored.ReceivedAt, stored.Normalized);

    private InsertOutcome Insert(EncodedEvent encoded)
    {
        if (_events.TryGetValue(encoded.EventId, out var owner))
            return owner.StoreId == encoded.StoreId ? InsertOutcome.AlreadyStored : InsertOutcome.EventIdOfAnotherStore;
        if (encoded.UniqueId is not null && _events.Values.Any(stored => stored.StoreId == encoded.StoreId && stored.UniqueId == encoded.UniqueId))
            return InsertOutcome.UniqueIdTaken;
        _events.Add(encoded.EventId, encoded);
        return InsertOutcome.Stored;
    }

    private sealed class Encoder : IEventEncoder
    {
        public IEncodedEvent Encode(NormalizedEvent normalized)
        {
            var output = new ArrayBufferWriter<byte>();
            normalized.Write(output);
            var source = normalized.Event.Source;
            return new EncodedEvent(
                normalized.EventId, normalized.StoreId, normalized.Event.UniqueId, normalized.Event.EventName, normalized.CustomerId,
                normalized.OccurredAt, normalized.ReceivedAt, normalized.Position, Encoding.UTF8.GetString(output.WrittenSpan),
                [.. normalized.Event.Data.Where(property => property.Kind != PropertyKind.Json).Select(property => (
                    property.Key.ToText(source),
                    property.Kind == PropertyKind.String
                        ? ProfileValue.Of(Cut(property.Text.ToText(source)))
                        : new ProfileValue(property.Kind, null, property.Bits)))]);
        }

        public void Dispose()
        {
        }
    }
}
