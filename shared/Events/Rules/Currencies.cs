using System.Collections.Frozen;

namespace CustomEvents.Events.Rules;

/// <summary>
/// The alphabetic codes of ISO 4217's list one, funds and metals too, without <c>XTS</c> (tests) and <c>XXX</c> (none),
/// as of amendment 180: <c>XCG</c> instead of <c>ANG</c>, <c>ZWG</c> instead of <c>ZWL</c>, <c>XAD</c> new, and no
/// <c>BGN</c>, since Bulgaria took the euro on 2026-01-01.
/// </summary>
internal static class Currencies
{
    private const string Codes =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW " +
        "CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL " +
        "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA " +
        "MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD " +
        "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD " +
        "USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR " +
        "ZMW ZWG";

    private static readonly FrozenDictionary<int, string> ByLetters =
        Codes.Split(' ').ToFrozenDictionary(code => (code[0] << 16) | (code[1] << 8) | code[2]);

    /// <summary>Every code, in upper case.</summary>
    public static IEnumerable<string> All => ByLetters.Values;

    /// <summary>The code in upper case, of text in any case; false where there is none such.</summary>
    public static bool TryFind(ReadOnlySpan<byte> text, out string? code)
    {
        code = null;
        if (text.Length != 3)
            return false;
        var letters = 0;
        foreach (var unit in text)
        {
            if (!char.IsAsciiLetter((char)unit))
                return false;
            letters = (letters << 8) | (unit & ~0x20);
        }
        return ByLetters.TryGetValue(letters, out code);
    }
}
