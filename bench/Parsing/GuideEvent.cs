namespace CustomEvents.Bench.Parsing;

/// <summary>The guide's full example event, as a typical producer sends it: without blanks.</summary>
internal static class GuideEvent
{
    public static string Json { get; } = string.Concat("""
        {"eventName":"Loyalty Milestone Reached",
        "customer":{"id":"64ab01cd9f00112233445566","email":"jane.doe@example.com","phoneNumber":"+15551234567",
        "firstName":"Jane","lastName":"Doe",
        "location":{"street1":"123 Main St","city":"Austin","state":"Texas","stateCode":"TX","postalCode":"78701",
        "country":"United States","countryCode":"US","latitude":30.2672,"longitude":-97.7431,"ianaTimeZoneName":"America/Chicago"},
        "customFields":{"loyaltyTier":"gold","memberSince":"2025-03-15T10:30:00Z"}},
        "data":{"Milestone Type":"total_spent","Total Spent":1000,"VIP Tier":"gold",
        "$extra":{"previousTier":"silver","orders":[101,102,103],"debug":{"source":"webhook","retry":0}}},
        "eventTimestamp":"2026-04-02T12:00:00Z","value":99.99,"valueCurrency":"USD","uniqueId":"loyalty-milestone-12345"}
        """.Split('\n'));
}
