using System.Diagnostics.CodeAnalysis;
using CustomEvents.Sqlite.Database;

namespace CustomEvents.Sqlite.Stores;

/// <summary>Gives stores, event names and keys their numbers. Used inside the writer's transactions, by its thread alone.</summary>
internal sealed class NameNumbers
{
    private const int MaxKnown = 50_000;

    private readonly Dictionary<string, long> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Store, string Name), long> _events = [];
    private readonly Dictionary<byte[], long> _keys = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], long>.AlternateLookup<ReadOnlySpan<byte>> _keysByUtf8;
    private byte[] _scratch = new byte[1024 + sizeof(long)];

    public NameNumbers() => _keysByUtf8 = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>A store's number.</summary>
    public long Store(Connection connection, string storeId)
    {
        if (_stores.TryGetValue(storeId, out var number))
            return number;
        number = Find(connection.Prepare("SELECT store FROM store_names WHERE store_id=?1").Bind(1, storeId))
            ?? Find(connection.Prepare("INSERT INTO store_names(store_id) VALUES(?1) RETURNING store").Bind(1, storeId))!.Value;
        Bound(_stores);
        return _stores[storeId] = number;
    }

    /// <summary>The number of a store's event name.</summary>
    public long Event(Connection connection, long store, string eventName)
    {
        if (_events.TryGetValue((store, eventName), out var number))
            return number;
        number = Find(connection.Prepare("SELECT event FROM event_names WHERE store=?1 AND event_name=?2").Bind(1, store).Bind(2, eventName))
            ?? Find(connection.Prepare("INSERT INTO event_names(store, event_name) VALUES(?1, ?2) RETURNING event").Bind(1, store).Bind(2, eventName))!.Value;
        Bound(_events);
        return _events[(store, eventName)] = number;
    }

    /// <summary>The number of an event's key.</summary>
    public long Key(Connection connection, long eventNumber, ReadOnlySpan<byte> name)
    {
        if (_scratch.Length < name.Length + sizeof(long))
            _scratch = new byte[name.Length + sizeof(long)];
        var known = _scratch.AsSpan(0, name.Length + sizeof(long));
        BitConverter.TryWriteBytes(known, eventNumber);
        name.CopyTo(known[sizeof(long)..]);
        if (_keysByUtf8.TryGetValue(known, out var number))
            return number;
        number = Find(connection.Prepare("SELECT key FROM key_names WHERE event=?1 AND name=?2").Bind(1, eventNumber).BindText(2, name))
            ?? Find(connection.Prepare("INSERT INTO key_names(event, name) VALUES(?1, ?2) RETURNING key").Bind(1, eventNumber).BindText(2, name))!.Value;
        Bound(_keys);
        _keysByUtf8[known] = number;
        return number;
    }

    /// <summary>Forgets all: numbers that a rolled back transaction gave are nobody's.</summary>
    public void Forget()
    {
        _stores.Clear();
        _events.Clear();
        _keys.Clear();
    }

    private static long? Find(Statement statement)
    {
        long? number = statement.Step() ? statement.Int64(0) : null;
        statement.Reset();
        return number;
    }

    private static void Bound<TKey>(Dictionary<TKey, long> known)
        where TKey : notnull
    {
        if (known.Count >= MaxKnown)
            known.Clear();
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
