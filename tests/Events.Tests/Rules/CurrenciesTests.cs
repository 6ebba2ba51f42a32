using System.Text;
using CustomEvents.Events.Rules;

namespace CustomEvents.Tests.Events.Rules;

public class CurrenciesTests
{
    [TestCase("USD EUR GBP JPY CHF XCG ZWG SLE VED XAD MRU STN BYN", true)]
    [TestCase("XAU XAG XPT XPD XDR XSU XUA XBA XBB XBC XBD XAF XOF XPF XCD", true)]
    [TestCase("BOV CHE CHW CLF COU MXV USN UYI UYW", true)]
    [TestCase("XTS XXX HRK ANG BGN ZWL SLL CUC VEF BYR DEM USS ZZZ", false)]
    public void Codes_are_those_of_list_one(string codes, bool isKnown)
    {
        foreach (var code in codes.Split(' '))
        {
            Assert.That(Currencies.TryFind(Encoding.ASCII.GetBytes(code), out var found), Is.EqualTo(isKnown), code);
            Assert.That(found, isKnown ? Is.EqualTo(code) : Is.Null);
        }
    }

    [Test]
    public void Every_code_is_three_letters_and_is_found_in_lower_case()
    {
        Assert.That(Currencies.All, Is.Unique.And.All.Matches("^[A-Z]{3}$"));
        foreach (var code in Currencies.All)
        {
            Assert.That(Currencies.TryFind(Encoding.ASCII.GetBytes(code.ToLowerInvariant()), out var found), Is.True);
            Assert.That(found, Is.EqualTo(code));
        }
    }
}
