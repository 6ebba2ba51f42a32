using System.Globalization;
using System.Text;

namespace CustomEvents.Bench.Load;

/// <summary>The events of all measurements: profiles, four segmentable keys and <c>$extra</c>, about 390 bytes. The same numbers give the same events.</summary>
/// <param name="Stores">How many stores they are of, in turn.</param>
/// <param name="Customers">How many customers, each of one store; a multiple of the stores. The first so many events name each once, the others one at random.</param>
/// <param name="Mailbox">What their e-mail addresses begin with: who has another one is another customer.</param>
internal sealed record Workload(int Stores, int Customers, string Mailbox = "customer")
{
    public static string StoreName(int store) => string.Create(CultureInfo.InvariantCulture, $"bench-{store:D3}");

    /// <summary>The key of a store; only its hash is given to the pipeline.</summary>
    public static string KeyOf(string store) => "ce_" + store;

    /// <summary>The e-mail address of a customer.</summary>
    public string EmailOf(long customer) => string.Create(CultureInfo.InvariantCulture, $"{Mailbox}{customer}@example.com");

    public string StoreOf(long number) => StoreName((int)(number % Stores));

    /// <summary>The event of that number, with its own uniqueId.</summary>
    public byte[] Event(long number) => Event(number, number);

    /// <summary>The event of that number with another's uniqueId, or with none.</summary>
    public byte[] Event(long number, long? uniqueId)
    {
        var customer = CustomerOf(number);
        var unique = uniqueId is { } id ? string.Create(CultureInfo.InvariantCulture, $$""","uniqueId":"order-{{id}}"}""") : "}";
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
            {"eventName":"Order Placed","customer":{"email":"{{{EmailOf(customer)}}}","firstName":"Ann{{{customer % 97}}}","lastName":"Lee","customFields":{"tier":"{{{(customer % 3 == 0 ? "gold" : "silver")}}}","lastOrder":{{{number}}}}},"data":{"Order Total":{{{number % 1000}}}.5,"Items":{{{1 + (number % 9)}}},"Coupon":"SPRING-{{{number % 50}}}","Ordered At":"2026-04-02T12:00:{{{number % 60:D2}}}Z","$extra":{"cart":["sku-{{{number % 500}}}","sku-{{{number % 77}}}"],"agent":"Mozilla/5.0"}},"value":{{{number % 1000}}}.50,"valueCurrency":"EUR"
            """) + unique);
    }

    /// <summary>
    /// The event of that number where of ten events of a store nine repeat the uniqueId of the tenth. The last of each ten is the new one, so that
    /// whoever has stored them all has dropped all duplicates as well.
    /// </summary>
    public byte[] MostlyDuplicate(long number) => Event(number, ((number / Stores) + 1) / 10 * Stores + (number % Stores));

    /// <summary>How many of the first so many <see cref="MostlyDuplicate"/> are no duplicates; the number is a multiple of ten times the stores.</summary>
    public long Distinct(long count) => (count / Stores / 10 * Stores) + Stores;

    // Of the event's store, whose customers are those of the same remainder. Each event changes its customer's profile, so what counts is how often one comes again.
    private long CustomerOf(long number)
    {
        if (number < Customers)
            return number;
        var mixed = (ulong)number * 0x9E3779B97F4A7C15;
        mixed ^= mixed >> 32;
        mixed *= 0xD6E8FEB86659FD93;
        mixed ^= mixed >> 32;
        return ((long)(mixed % (ulong)(Customers / Stores)) * Stores) + (number % Stores);
    }
}
