using System.Text;
using CustomEvents.Proof.Ledger;

namespace CustomEvents.Proof.Load;

/// <summary>What is sent to one store: a tenth with a <c>uniqueId</c> that another event has, whoever sent that; some invalid; some under an <c>event-id</c>, and again.</summary>
internal sealed class StoreTraffic(SendLedger ledger, string store, int number, int seed, int people)
{
    private const int Remembered = 300;
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly EventText _text = new(new Random(seed + 1), number, people);
    private readonly List<string> _uniqueIds = [];
    private readonly List<Send> _withId = [];

    /// <summary>The store.</summary>
    public string Store => store;

    /// <summary>A send for the API.</summary>
    public Send NextForApi(Channel channel, int sender)
    {
        lock (_lock)
        {
            return _random.Next(30) == 0
                ? ledger.Add(n => Invalid(n, channel, sender, mayBeNoJson: channel == Channel.Single))
                : ledger.Add(n => Make(n, channel, sender, _text.Valid(n, UniqueId(n)), null));
        }
    }

    /// <summary>A send that is valid whatever was drawn, with nothing that any other has.</summary>
    public Send NextProbe()
    {
        lock (_lock)
            return ledger.Add(n => Make(n, Channel.Single, -1, _text.Valid(n, $"probe-{n}", $"{{\"email\":\"probe@{number}.example\"}}"), null));
    }

    /// <summary>A send for a direct producer.</summary>
    public Send NextForKafka(int sender)
    {
        lock (_lock)
        {
            switch (_random.Next(40))
            {
                case 0:
                    return ledger.Add(n => Invalid(n, Channel.Kafka, sender, mayBeNoJson: true));
                case 1:
                    return ledger.Add(n => Odd(n, _random.Next(3)));
                case 2 or 3 or 4 or 5 when _withId.Count > 0:
                    // A producer that tries again under the id of its first attempt.
                    return _withId[_random.Next(_withId.Count)];
                case 6 when _withId.Count > 0:
                    // And one that uses it for something else: a redelivery all the same.
                    var misused = ledger.Add(n => Make(n, Channel.Kafka, sender, _text.Valid(n, UniqueId(n)), null));
                    misused.EventId = _withId[_random.Next(_withId.Count)].EventId;
                    return misused;
            }

            var send = ledger.Add(n => Make(n, Channel.Kafka, sender, _text.Valid(n, UniqueId(n)), null, isFramed: _random.Next(8) == 0));
            if (_random.Next(2) == 0)
            {
                send.EventId = Guid.NewGuid();
                Remember(_withId, send);
            }

            return send;
        }
    }

    /// <summary>An event with a given <c>uniqueId</c> and customer.</summary>
    public Send Next(Channel channel, int sender, string? uniqueId, string? customer = null)
    {
        lock (_lock)
            return ledger.Add(n => Make(n, channel, sender, _text.Valid(n, uniqueId, customer), null));
    }

    /// <summary>An invalid event for a direct producer.</summary>
    public Send NextInvalid(int sender, bool mayBeNoJson = true)
    {
        lock (_lock)
            return ledger.Add(n => Invalid(n, Channel.Kafka, sender, mayBeNoJson));
    }

    private string? UniqueId(int n)
    {
        var draw = _random.Next(10);
        if (draw == 0 && _uniqueIds.Count > 0)
            return _uniqueIds[_random.Next(_uniqueIds.Count)];
        if (draw == 1)
            return null;
        Remember(_uniqueIds, $"u-{n}");
        return $"u-{n}";
    }

    private static void Remember<T>(List<T> list, T item)
    {
        list.Add(item);
        if (list.Count > Remembered)
            list.RemoveAt(0);
    }

    private Send Make(int n, Channel channel, int sender, string text, string? fault, bool isFramed = false) => new()
    {
        Number = n,
        Store = store,
        Channel = channel,
        Sender = sender,
        Fault = fault,
        Bytes = isFramed ? [0, 0, 0, 0, 7, .. Encoding.UTF8.GetBytes(text)] : Encoding.UTF8.GetBytes(text),
    };

    private Send Invalid(int n, Channel channel, int sender, bool mayBeNoJson)
    {
        var (text, fault) = _text.Invalid(n, mayBeNoJson);
        return Make(n, channel, sender, text, fault);
    }

    // What no store can have: records without a key, a value, or a store.
    private Send Odd(int n, int kind) => new()
    {
        Number = n,
        Channel = Channel.Kafka,
        Store = kind switch { 0 => null, 1 => store, _ => "nobody" },
        Bytes = kind == 1 ? null : Encoding.UTF8.GetBytes(_text.Valid(n, $"odd-{n}")),
        Fault = kind switch { 0 => "missing_key", 1 => "invalid_json", _ => "unknown_store" },
    };
}
