using System.Globalization;
using System.Text;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Pipeline.Simulation;

/// <summary>Events of few stores, few customers that collide on their identifiers, duplicates, redeliveries, and some that are invalid.</summary>
internal sealed class Traffic(int seed, string topic)
{
    public static readonly IReadOnlySet<string> Stores = new HashSet<string> { "store-a", "store-b", "store-c" };
    private static readonly DateTime Epoch = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);
    private readonly Random _random = new(seed);
    private readonly List<OutgoingRecord> _sent = [];
    private int _count;

    public static string Id(int number) => number.ToString("x24", CultureInfo.InvariantCulture);

    public OutgoingRecord Next()
    {
        var index = _count++;
        if (_sent.Count > 0 && Chance(0.06))
        {
            // A producer that sends its record again, whole.
            return _sent[_random.Next(_sent.Count)];
        }

        List<RecordHeader> headers = [new(HeaderNames.ReceivedAt, Encoding.UTF8.GetBytes(Epoch.AddSeconds(index).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)))];
        if (_sent.Count > 0 && Chance(0.06))
        {
            // One that gives an id of its store to another event.
            var before = _sent[_random.Next(_sent.Count)];
            headers.Add(before.Headers.Single(header => header.Key == HeaderNames.EventId));
            return MemoryLog.Record(topic, Bytes.Text(before.Key), Json(), [.. headers]);
        }

        var hasId = Chance(0.4);
        if (hasId)
        {
            var id = new byte[16];
            _random.NextBytes(id);
            headers.Add(new(HeaderNames.EventId, Encoding.UTF8.GetBytes(new Guid(id).ToString())));
        }

        var key = Chance(0.02) ? null : Chance(0.02) ? "nobody" : Stores.ElementAt(_random.Next(Stores.Count));
        var record = MemoryLog.Record(topic, key, Chance(0.02) ? "{" : Json(), [.. headers]);
        if (hasId && key is not null && Stores.Contains(key))
            _sent.Add(record);
        return record;
    }

    private string Json()
    {
        List<string> customer = [];
        if (Chance(0.3))
            customer.Add($"\"id\":\"{Id(_random.Next(1, 4))}\"");
        if (Chance(0.6))
            customer.Add($"\"email\":\"c{_random.Next(5)}@example.com\"");
        if (Chance(0.4))
            customer.Add($"\"phoneNumber\":\"+4917000000{_random.Next(5)}\"");
        if (Chance(0.3))
            customer.Add($"\"firstName\":\"F{_random.Next(3)}\"");
        if (Chance(0.2))
            customer.Add($"\"location\":{{\"city\":\"C{_random.Next(3)}\"}}");
        if (Chance(0.5))
            customer.Add($"\"customFields\":{{\"a.b\":\"x{_random.Next(3)}\",\"$set\":\"y{_random.Next(2)}\"}}");
        var data = $"\"k{_random.Next(3)}\":\"v{_random.Next(9)}\",\"n{_random.Next(2)}\":{_random.Next(1, 9)}";
        var unique = Chance(0.4) ? $",\"uniqueId\":\"u{_random.Next(25)}\"" : "";
        return $"{{\"eventName\":\"E{_random.Next(3)}\",\"customer\":{{{string.Join(',', customer)}}},\"data\":{{{data}}}{unique}}}";
    }

    private bool Chance(double of) => _random.NextDouble() < of;
}
