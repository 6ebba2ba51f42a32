using CustomEvents.Tests.IngestApi.Support;

namespace CustomEvents.Tests.IngestApi.Requests;

/// <summary>
/// What the original's guide and its published schema show, in their shapes, sent where the original lives: a client changes its host name
/// only. The original answers 202 without a body.
/// </summary>
public sealed class GuideExamplesTests : ApiFixture
{
    private static IEnumerable<TestCaseData<string>> Singles()
    {
        yield return new("""{"eventName":"Subscription Renewed","customer":{"id":"665f1e5c3ab1f0a4c7d29e81","email":"ada@example.com"},"data":{"Plan":"pro"}}""") { TestName = "identity" };
        yield return new("""
            {
              "eventName": "Purchase Milestone Reached",
              "customer": { "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace" },
              "eventTimestamp": "2026-04-02T12:00:00Z",
              "value": 1500.5,
              "valueCurrency": "USD",
              "uniqueId": "milestone-example-1",
              "data": { "Milestone Type": "10th_purchase", "Total Spent": 1500, "VIP Tier": "silver", "Enrolled At": "2025-02-01T00:00:00Z" }
            }
            """) { TestName = "request shape" };
        yield return new("""
            {
              "eventName": "Profile Completed",
              "customer": {
                "id": "665f1e5c3ab1f0a4c7d29e81", "email": "ada@example.com", "phoneNumber": "+11234567890", "firstName": "Ada", "lastName": "Lovelace",
                "location": {
                  "street1": "12 Saint James Square", "street2": "Floor 2", "city": "Provo", "state": "Utah", "stateCode": "UT", "postalCode": "84601",
                  "country": "United States", "countryCode": "US", "ianaTimeZoneName": "America/Denver", "latitude": 40.2338, "longitude": -111.6585
                },
                "customFields": { "Age at Signup": 36, "Birthday": "1815-12-10T12:00:00Z", "Loyalty Tier": "Gold", "Accepts Marketing": true }
              }
            }
            """) { TestName = "customer fields" };
        yield return new("""
            {
              "eventName": "Milestone Reached",
              "customer": { "phoneNumber": "+15555555555" },
              "data": {
                "Milestone Type": "total_spent", "Total Spent": 99.99, "VIP Tier": "gold", "Count": 0, "Coupon": "", "Referrer": null, "Is First": false,
                "$extra": { "Recent Orders": [1, 2, 3], "Snapshot": { "tier": "gold", "since": "2024-01-01" }, "debug": "", "zero": 0, "none": null }
              }
            }
            """) { TestName = "$extra and ignored values" };
        yield return new("""{"eventName":"Order Shipped","customer":{"email":"ada@example.com"},"data":{"Carrier":"mail"},"uniqueId":"webhook-4711"}""") { TestName = "webhook" };
    }

    [TestCaseSource(nameof(Singles))]
    public async Task An_example_of_one_event_is_accepted_as_the_original_does(string json)
    {
        var answer = await SendAsync(RawRequest.Single(json).To($"/v2.2/stores/{RunningApi.StoreId}/events"), 202);
        Assert.That((answer.Body.Length, answer["Events-Rejected"]), Is.EqualTo((0, (string?)null)));
        Assert.That(Api.Log.Records[^1].Text, Is.EqualTo(json), "byte for byte");
    }

    [Test]
    public async Task An_example_of_a_backfill_is_accepted_as_the_original_does()
    {
        var events = Enumerable.Range(1, 100).Select(i =>
            $$"""{ "eventName": "Loyalty Points Earned", "customer": { "email": "customer{{i}}@example.com" }, "eventTimestamp": "2025-11-05T08:30:00Z", "uniqueId": "backfill-{{i}}", "data": { "Points": {{i}} } }""");
        var answer = await SendAsync(RawRequest.BulkOf([.. events]).To($"/v2.2/stores/{RunningApi.StoreId}/events/bulk"), 202);
        Assert.That((answer.Body.Length, answer["Events-Rejected"]), Is.EqualTo((0, (string?)null)));
        Assert.That(Api.Log.Appends[^1], Has.Count.EqualTo(100));
    }
}
