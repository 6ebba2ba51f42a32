using System.Text;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public sealed class FrequentTextsTests
{
    [TestCase("")]
    [TestCase("Order Placed")]
    [TestCase("הזמנה ✓ 𝄞")]
    public void The_same_text_is_the_same_string(string text)
    {
        var first = FrequentTexts.Of(Encoding.UTF8.GetBytes(text));
        Assert.That(first, Is.EqualTo(text));
        Assert.That(FrequentTexts.Of(Encoding.UTF8.GetBytes(text)), Is.SameAs(first));
        Assert.That(FrequentTexts.Of(new string(text.AsSpan())), Is.SameAs(first));
    }

    [Test]
    public void What_shares_a_place_or_is_long_keeps_its_own_text()
    {
        var texts = Enumerable.Range(0, 20_000).Select(i => new string((char)('a' + (i % 26)), i % 90) + i).ToArray();
        foreach (var text in texts.Concat(texts.Reverse()))
            Assert.That(FrequentTexts.Of(Encoding.UTF8.GetBytes(text)), Is.EqualTo(text));
    }
}
