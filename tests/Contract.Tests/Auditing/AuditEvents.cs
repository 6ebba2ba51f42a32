using System.Globalization;

namespace CustomEvents.Tests.Contract.Auditing;

/// <summary>Generates one store's events: customers that collide on two identifiers, changing profiles, a tenth with a <c>uniqueId</c> that was used before.</summary>
/// <param name="seed">Chooses all of it.</param>
/// <param name="store">A number of the store, so that two stores share no customer.</param>
/// <param name="people">How many people there are.</param>
/// <param name="producer">Begins the <c>uniqueId</c>s.</param>
/// <param name="otherProducer">Begins those of the store's other producer, of which some are used here, too.</param>
internal sealed class AuditEvents(int seed, int store, int people, string producer, string otherProducer)
{
    private static readonly string[] Plans = ["gold", "silver", "bronze", "", "Gold"];
    private static readonly string[] Names = ["Ada", "Grace", "Edsger", "", "Barbara"];
    private readonly Random _random = new(seed);
    private int _count;

    /// <summary>The next event.</summary>
    public string Next()
    {
        _count++;
        var person = _random.Next(people);
        // One in eight names somebody by the identifiers of two people.
        var other = _random.Next(8) == 0 ? _random.Next(people) : person;
        var given = _random.Next(1, 8);
        List<string> customer = [];
        if ((given & 1) != 0)
            customer.Add($"\"id\":\"{store:x8}{person:x16}\"");
        if ((given & 2) != 0)
            customer.Add($"\"email\":\"P{other}@Store{store}.example\"");
        if ((given & 4) != 0)
            customer.Add($"\"phoneNumber\":\"+4{store}{(other == person ? person : _random.Next(people)):D7}\"");
        if (_random.Next(3) == 0)
            customer.Add($"\"firstName\":\"{One(Names)}\"");
        if (_random.Next(4) == 0)
            customer.Add($"\"location\":{{\"city\":\"City {_random.Next(4)}\"{(_random.Next(2) == 0 ? $",\"latitude\":{_random.Next(-90, 91)}" : "")}}}");
        if (_random.Next(3) == 0)
            customer.Add($"\"customFields\":{{\"score\":{_random.Next(3)},\"f.{_random.Next(5)}\":\"{_random.Next(3)}\",\"none\":null}}");

        var text = $"{{\"eventName\":\"{(_random.Next(3) == 0 ? "Viewed" : "Ordered")}\",\"customer\":{{{string.Join(',', customer)}}}," +
            $"\"data\":{{\"Plan\":\"{One(Plans)}\",\"Total\":{(_random.Next(200) / 2.0).ToString(CultureInfo.InvariantCulture)},\"First\":{(_random.Next(2) == 0 ? "true" : "false")}," +
            $"\"At\":\"2026-0{_random.Next(1, 10)}-02T12:00:00Z\",\"$extra\":{{\"n\":{_count}}}}},\"eventTimestamp\":\"2026-04-02T{_random.Next(24):D2}:00:00Z\"";
        return text + (UniqueId() is { } uniqueId ? $",\"uniqueId\":\"{uniqueId}\"}}" : "}");
    }

    private string? UniqueId() => _random.Next(10) switch
    {
        0 => $"{(_random.Next(2) == 0 ? producer : otherProducer)}-{_random.Next(_count) + 1}",
        1 => null,
        _ => $"{producer}-{_count}",
    };

    private string One(string[] choices) => choices[_random.Next(choices.Length)];
}
