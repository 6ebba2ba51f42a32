using System.Text;
using static CustomEvents.Tests.Events.Samples;

namespace CustomEvents.Tests.Events;

public class EventParserTests
{
    [Test]
    public void The_guides_example_is_read_whole()
    {
        var read = Valid(Guide);
        Assert.Multiple(() =>
        {
            Assert.That(read.EventName, Is.EqualTo("Loyalty Milestone Reached"));
            Assert.That(read.Customer.Id.ToString(), Is.EqualTo("64ab01cd9f00112233445566"));
            Assert.That(read.Customer.Email, Is.EqualTo("jane.doe@example.com"));
            Assert.That(read.Customer.PhoneNumber, Is.EqualTo("+15551234567"));
            Assert.That(read.FirstName!.Value.ToText(read.Source), Is.EqualTo("Jane"));
            Assert.That(read.LastName!.Value.ToText(read.Source), Is.EqualTo("Doe"));
            Assert.That(Show(read, read.Location), Is.EqualTo(new[]
            {
                "street1=string:123 Main St", "city=string:Austin", "state=string:Texas", "stateCode=string:TX", "postalCode=string:78701",
                "country=string:United States", "countryCode=string:US", "latitude=double:30.2672", "longitude=double:-97.7431",
                "ianaTimeZoneName=string:America/Chicago",
            }));
            Assert.That(Show(read, read.CustomFields), Is.EqualTo(new[]
            {
                "loyaltyTier=string:gold", "memberSince=date:2025-03-15T10:30:00.0000000Z",
            }));
            Assert.That(Show(read, read.Data), Is.EqualTo(new[]
            {
                "Milestone Type=string:total_spent", "Total Spent=integer:1000", "VIP Tier=string:gold",
            }));
            Assert.That(Encoding.UTF8.GetString(read.Extra!.Value.Of(read.Source)), Is.EqualTo(
                """{ "previousTier": "silver", "orders": [101, 102, 103], "debug": { "source": "webhook", "retry": 0 } }"""));
            Assert.That(read.Timestamp, Is.EqualTo(new DateTime(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc)));
            Assert.That(read.Value.ToString(), Is.EqualTo("99.99"));
            Assert.That(read.ValueCurrency, Is.EqualTo("USD"));
            Assert.That(read.UniqueId, Is.EqualTo("loyalty-milestone-12345"));
        });
    }
}
