using System.Text;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public class CustomerIdTests
{
    [Test]
    public void Text_form_round_trips_in_lower_case()
    {
        Assert.That(CustomerId.TryParse("64AB01cd9f00112233445566", out var id), Is.True);
        Assert.That(id.ToString(), Is.EqualTo("64ab01cd9f00112233445566"));
        Assert.That(CustomerId.TryParse("64AB01cd9f00112233445566"u8, out var ofBytes), Is.True);
        Assert.That(ofBytes, Is.EqualTo(id));
    }

    [TestCase("")]
    [TestCase("64AB01cd9f0011223344556")]
    [TestCase("64AB01cd9f001122334455667")]
    [TestCase("64AB01cd9f00112233445_66")]
    [TestCase("64AB01cd9f0011223344556é")]
    [TestCase("64AB01cd9f001122334455é")]
    public void Anything_but_24_hexadecimal_digits_is_refused(string text)
    {
        Assert.That(CustomerId.TryParse(text, out _), Is.False);
        Assert.That(CustomerId.TryParse(Encoding.UTF8.GetBytes(text), out _), Is.False);
    }
}
