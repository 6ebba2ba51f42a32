using CustomEvents.Events;
using CustomEvents.Pipeline.Stores;

namespace CustomEvents.Pipeline.Stages.Persisting;

/// <summary>Writes to the catalog what a lane has not written before: after the first events of a kind, nothing.</summary>
internal sealed class CatalogRecorder(ICatalogStore catalog)
{
    private const int Capacity = 20_000;
    private readonly GenerationalCache<(string StoreId, string EventName), KnownKeys> _known = new(Capacity);

    /// <summary>Records the names and segmentable keys of events.</summary>
    public async Task RecordAsync(IReadOnlyList<NormalizedEvent> events, CancellationToken cancellationToken)
    {
        List<(CatalogEntry Entry, KnownKeys Keys)>? entries = null;
        foreach (var normalized in events)
        {
            var name = (normalized.StoreId, normalized.Event.EventName);
            if (!_known.TryGet(name, out var keys))
            {
                keys = new KnownKeys();
                _known.Set(name, keys);
            }

            if (!keys.IsNameKnown)
                (entries ??= []).Add((Entry(normalized, null, null), keys));
            // By index, here and where else each property of each event is looked at: the enumerator of an interface is an object as large as a property.
            for (var i = 0; i < normalized.Event.Data.Count; i++)
            {
                var property = normalized.Event.Data[i];
                if (CatalogEntry.TypeOf(property.Kind) is { } type && !keys.Contains(normalized.Event.Source, property, type))
                    (entries ??= []).Add((Entry(normalized, property.Key.ToText(normalized.Event.Source), type), keys));
            }
        }

        if (entries is null)
            return;
        await catalog.AddAsync(entries.ConvertAll(entry => entry.Entry), cancellationToken);
        foreach (var (entry, keys) in entries)
            keys.Add(entry);
    }

    private static CatalogEntry Entry(NormalizedEvent normalized, string? key, string? type) =>
        new(normalized.StoreId, normalized.Event.EventName, key, type, normalized.ReceivedAt);

    /// <summary>The keys of an event name that are in the catalog, each with its types.</summary>
    private sealed class KnownKeys
    {
        // More keys than the catalog lists need not be remembered: they are written in vain, and rarely.
        private const int Capacity = 4 * Limits.MaxCatalogProperties;
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
        private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

        public KnownKeys() => _lookup = _keys.GetAlternateLookup<ReadOnlySpan<char>>();

        public bool IsNameKnown { get; private set; }

        public bool Contains(ReadOnlyMemory<byte> source, Property property, string type)
        {
            Span<byte> utf8 = stackalloc byte[128];
            Span<char> text = stackalloc char[129];
            var slice = property.Key;
            if (slice.Length > utf8.Length)
                return _keys.Contains(type[0] + slice.ToText(source));
            var written = slice.CopyTextTo(source, utf8);
            text[0] = type[0];
            var length = System.Text.Encoding.UTF8.GetChars(utf8[..written], text[1..]);
            return _lookup.Contains(text[..(length + 1)]);
        }

        public void Add(CatalogEntry entry)
        {
            IsNameKnown = true;
            if (entry is { Key: { } key, Type: { } type } && _keys.Count < Capacity)
                _keys.Add(type[0] + key);
        }
    }
}
