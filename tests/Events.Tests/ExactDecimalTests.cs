using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public class ExactDecimalTests
{
    [TestCase("0", "0")]
    [TestCase("-0", "0")]
    [TestCase("0.000", "0")]
    [TestCase("0e999999999999999999999", "0")]
    [TestCase("99.90", "99.9")]
    [TestCase("-99.9", "-99.9")]
    [TestCase("1000", "1E+3")]
    [TestCase("1200e-2", "12")]
    [TestCase("0.001", "0.001")]
    [TestCase("0.000001", "0.000001")]
    [TestCase("0.0000001", "1E-7")]
    [TestCase("-1.5E-10", "-1.5E-10")]
    [TestCase("1e400", "1E+400")]
    [TestCase("9999999999999999999999999999999999", "9999999999999999999999999999999999")]
    [TestCase("99999999999999999999999999999999990", "9.999999999999999999999999999999999E+34")]
    [TestCase("0.00000000000000000000000000000000000000001", "1E-41")]
    [TestCase("1e6144", "1.000000000000000000000000000000000E+6144")]
    [TestCase("1e-6176", "1E-6176")]
    [TestCase("10e-6177", "1E-6176")]
    public void A_number_is_read_exactly(string number, string expected)
    {
        Assert.That(TryParse(number, out var value), Is.True);
        Assert.That(value.ToString(), Is.EqualTo(expected));
        Assert.That(TryParse(expected, out var again), Is.True);
        Assert.That(again, Is.EqualTo(value));
    }

    [TestCase("10000000000000000000000000000000001")]
    [TestCase("1.0000000000000000000000000000000001")]
    [TestCase("1e6145")]
    [TestCase("1e-6177")]
    [TestCase("1e99999999999999999999999999")]
    [TestCase("1e-99999999999999999999999999")]
    [TestCase("")]
    [TestCase("-")]
    [TestCase("01")]
    [TestCase("-01")]
    [TestCase(".5")]
    [TestCase("5.")]
    [TestCase("1e")]
    [TestCase("1e+")]
    [TestCase("1.2.3")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1x")]
    public void What_does_not_fit_or_is_no_number_is_refused(string number) => Assert.That(TryParse(number, out _), Is.False);

    [TestCase("0", 0x3040000000000000UL, 0UL)]
    [TestCase("1", 0x3040000000000000UL, 1UL)]
    [TestCase("-1", 0xB040000000000000UL, 1UL)]
    [TestCase("0.1", 0x303E000000000000UL, 1UL)]
    [TestCase("12345678901234567e6111", 0x5FFE000000000000UL, 12345678901234567UL)]
    [TestCase("1e-6176", 0x0000000000000000UL, 1UL)]
    [TestCase("9999999999999999999999999999999999", 0x3041ED09BEAD87C0UL, 0x378D8E63FFFFFFFFUL)]
    public void Halves_are_those_of_decimal128(string number, ulong high, ulong low)
    {
        Assert.That(TryParse(number, out var value), Is.True);
        Assert.That(value.ToIeee754(), Is.EqualTo((high, low)));
    }

    // The model is arithmetic on integers: a number is digits · 10^exponent, and fits where it can be written with 34 digits in the range.
    private static readonly Gen<string> Number =
        from sign in Gen.Bool.Select(isNegative => isNegative ? "-" : "")
        from whole in Gen.OneOf(Gen.Const("0"), Gen.Char['1', '9'].Select(Gen.String[Gen.Char['0', '9'], 0, 25], (first, rest) => first + rest))
        from zeros in Gen.Int[0, 12]
        from fraction in Gen.OneOf(Gen.Const(""), Gen.String[Gen.Char['0', '9'], 1, 25].Select(digits => "." + digits))
        from exponent in Gen.OneOf(Gen.Const(""), Gen.Int[-45, 45].Select(e => "e" + e), Gen.Int[-6240, 6200].Select(e => "E" + e))
        select sign + (whole == "0" ? whole : whole + new string('0', zeros)) + fraction + exponent;

    [Test]
    public void It_agrees_with_a_model_on_big_integers() => Number.Sample(number =>
    {
        var (digits, exponent) = Model(number);
        while (!digits.IsZero && (digits % 10).IsZero)
        {
            digits /= 10;
            exponent++;
        }
        var fits = digits.IsZero || (Digits(digits) <= 34 && exponent >= -6176 && exponent + Digits(digits) - 1 <= 6144);
        if (TryParse(number, out var value) != fits)
            throw new AssertionException($"{number}: expected {(fits ? "a value" : "none")}");
        if (!fits)
            return;
        var (modelDigits, modelExponent) = (digits, digits.IsZero ? 0 : exponent);
        while (modelExponent > 6111)
        {
            modelDigits *= 10;
            modelExponent--;
        }
        var found = (BigInteger)value.Coefficient * (value.IsNegative ? -1 : 1);
        if (found != modelDigits || value.Exponent != modelExponent)
            throw new AssertionException($"{number}: expected {modelDigits}e{modelExponent}, found {found}e{value.Exponent}");
        if (!TryParse(value.ToString(), out var again) || again != value)
            throw new AssertionException($"{number}: {value} is read as {again}");
    }, iter: 20_000);

    private static int Digits(BigInteger value) => BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length;

    private static (BigInteger Digits, int Exponent) Model(string number)
    {
        var parts = number.Split('e', 'E');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        return point < 0
            ? (BigInteger.Parse(parts[0], CultureInfo.InvariantCulture), exponent)
            : (BigInteger.Parse(parts[0].Remove(point, 1), CultureInfo.InvariantCulture), exponent - (parts[0].Length - point - 1));
    }

    private static bool TryParse(string number, out ExactDecimal value) => ExactDecimal.TryParse(Encoding.ASCII.GetBytes(number), out value);
}
