using System.Globalization;
using System.Text;

namespace CustomEvents.Bench.Drain;

/// <summary>The raw events of the drain: 40 stores, 20,000 customers, uniqueIds, profiles, four segmentable keys, and <c>$extra</c>. The same numbers give the same events.</summary>
internal static class Workload
{
    public const int Stores = 40;
    public const int Customers = 20_000;

    public static string StoreOf(int number) => string.Create(CultureInfo.InvariantCulture, $"bench-{number % Stores:D2}");

    public static byte[] Event(int number)
    {
        var customer = (number * 7919) % Customers;
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
            {"eventName":"Order Placed","customer":{"email":"customer{{{customer}}}@example.com","firstName":"Ann{{{customer % 97}}}","lastName":"Lee","customFields":{"tier":"{{{(customer % 3 == 0 ? "gold" : "silver")}}}","orders":{{{number / Customers}}}}},"data":{"Order Total":{{{number % 1000}}}.5,"Items":{{{1 + (number % 9)}}},"Coupon":"SPRING-{{{number % 50}}}","Ordered At":"2026-04-02T12:00:{{{number % 60:D2}}}Z","$extra":{"cart":["sku-{{{number % 500}}}","sku-{{{number % 77}}}"],"agent":"Mozilla/5.0"}},"value":{{{number % 1000}}}.50,"valueCurrency":"EUR","uniqueId":"order-{{{number}}}"}
            """));
    }
}
