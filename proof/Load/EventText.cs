using System.Globalization;

namespace CustomEvents.Proof.Load;

/// <summary>Writes events: customers that collide on two identifiers, changing profiles, values of every kind.</summary>
/// <param name="random">Chooses all of it.</param>
/// <param name="store">A number of the store.</param>
/// <param name="people">How many people its events are of.</param>
internal sealed class EventText(Random random, int store, int people)
{
    private static readonly string[] Names = ["Viewed", "Ordered", " Ordered ", "Left \\u00e4 cart"];
    private static readonly string[] FirstNames = ["\"Ada\"", "\"Grace\"", "\"Edsger\"", "\"\"", "null", "\"B\\u00e4rbel\""];
    private static readonly string[] Cities = ["\"Turin\"", "\"Oslo\"", "\"\"", "null", "\"Lima\""];
    private static readonly string[] Plans = ["\"gold\"", "\"silver\"", "\"\"", "\"Gold\"", "null", "\"a\\u0001b\"", "\"2026-04-02\"", "\"2026-02-30T12:00:00Z\""];
    private static readonly string[] Totals = ["0", "12.5", "-3", "5.0", "1e3", "0.0", "-0", "9007199254740993", "99.99", "1"];
    private static readonly string[] Mixed = ["true", "\"text\"", "17", "false", "{\"a\":[1,2.50,null]}", "[]"];
    private static readonly string[] Dates = ["2026-04-02T12:00:00Z", "2026-01-31T23:59:59.123456+02:00", "1999-12-31t00:00:00.5z"];
    private static readonly string[] Currencies = ["EUR", "usd", "Jpy"];
    private static readonly string[] Amounts = ["0", "12.30", "1500.5", "-7"];

    /// <summary>A valid event.</summary>
    /// <param name="number">The send's number.</param>
    /// <param name="uniqueId">Its <c>uniqueId</c>; null for none.</param>
    /// <param name="customer">The customer object; drawn where null.</param>
    public string Valid(int number, string? uniqueId, string? customer = null)
    {
        var text = $"{{\"eventName\":\"{One(Names)}\",\"customer\":{customer ?? Customer()}," +
            $"\"data\":{{\"Plan\":{One(Plans)},\"Total\":{One(Totals)},\"Mixed\":{One(Mixed)},\"At\":\"{One(Dates)}\",\"Sent\":{number}{Long()}," +
            $"\"$extra\":{{\"n\":{number},\"list\":[0,\"\",null,1.10,{{\"deep\":\"2026-04-02T12:00:00Z\"}}],\"exact\":0.1234567890123456789}}}}";
        if (random.Next(3) != 0)
            text += $",\"eventTimestamp\":\"2026-04-02T{random.Next(24):D2}:00:00.{random.Next(1000):D3}+01:00\"";
        if (random.Next(4) == 0)
            text += $",\"value\":{One(Amounts)},\"valueCurrency\":\"{One(Currencies)}\"";
        return uniqueId is null ? text + "}" : $"{text},\"uniqueId\":\"{uniqueId}\"}}";
    }

    /// <summary>An invalid event; with the code of its rejection.</summary>
    public (string Text, string Fault) Invalid(int number, bool mayBeNoJson) => random.Next(mayBeNoJson ? 4 : 3) switch
    {
        0 => ($"{{\"eventName\":\"Viewed\",\"customer\":{{\"firstName\":\"Nobody\"}},\"data\":{{\"$extra\":{{\"n\":{number}}}}}}}", "identity_missing"),
        1 => ($"{{\"eventName\":\"Viewed\",\"customer\":{{\"email\":\"no address\"}},\"uniqueId\":\"invalid-{number}\",\"data\":{{\"$extra\":{{\"n\":{number}}}}}}}", "invalid_format"),
        2 => ($"{{\"eventName\":\"Viewed\",\"customer\":{Customer()},\"data\":{{\"$extra\":{{\"n\":{number}}}}},\"valueCurrency\":\"XXX\"}}", "unknown_currency"),
        _ => ($"{{\"n\":{number},", "invalid_json"),
    };

    private string Customer()
    {
        var person = random.Next(people);
        // One in eight names somebody by the identifiers of two or three people.
        var second = random.Next(8) == 0 ? random.Next(people) : person;
        var third = random.Next(8) == 0 ? random.Next(people) : person;
        var given = random.Next(1, 8);
        List<string> members = [];
        if ((given & 1) != 0)
            members.Add(string.Create(CultureInfo.InvariantCulture, $"\"id\":\"{(random.Next(2) == 0 ? "ABCDEF" : "abcdef")}{store:x2}{person:x16}\""));
        if ((given & 2) != 0)
            members.Add($"\"email\":\"{(random.Next(2) == 0 ? " P" : "p")}{second}@Store{store}.example\"");
        if ((given & 4) != 0)
            members.Add($"\"phoneNumber\":\"+4{store}{third:D7}\"");
        if (random.Next(3) == 0)
            members.Add($"\"firstName\":{One(FirstNames)}");
        if (random.Next(5) == 0)
            members.Add($"\"lastName\":\"Name {random.Next(4)}\"");
        if (random.Next(4) == 0)
            members.Add($"\"location\":{{\"city\":{One(Cities)}{(random.Next(2) == 0 ? $",\"latitude\":{random.Next(-90, 91)}" : "")}}}");
        if (random.Next(3) == 0)
            members.Add($"\"customFields\":{{\"score\":{random.Next(3)},\"f.{random.Next(5)}\":\"{random.Next(3)}\",\"none\":null,\"since\":\"{One(Dates)}\",\"$ratio\":{random.Next(3)}.5}}");
        return $"{{{string.Join(',', members)}}}";
    }

    // Longer than what the index keeps of a string, with a character of two bytes where it is cut.
    private string Long() => random.Next(20) == 0 ? $",\"Long\":\"{new string('x', 1023)}\\u00e4{new string('y', random.Next(50))}\"" : "";

    private string One(string[] choices) => choices[random.Next(choices.Length)];
}
