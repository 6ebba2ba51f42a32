using System.Globalization;
using System.Text;
using CsCheck;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public class JsonNumberTests
{
    [TestCase("1.0", "integer 1")]
    [TestCase("-0", "integer 0")]
    [TestCase("-0.0e5", "integer 0")]
    [TestCase("1e18", "integer 1000000000000000000")]
    [TestCase("-9223372036854775808", "integer -9223372036854775808")]
    [TestCase("9223372036854775807", "integer 9223372036854775807")]
    [TestCase("92233720368547758070e-1", "integer 9223372036854775807")]
    [TestCase("9223372036854775808", "decimal 9223372036854775808")]
    [TestCase("-9223372036854775809", "decimal -9223372036854775809")]
    [TestCase("0.1", "double 0.1")]
    [TestCase("0.10", "double 0.1")]
    [TestCase("1e19", "double 1E+19")]
    [TestCase("1e308", "double 1E+308")]
    [TestCase("5e-324", "double 5E-324")]
    [TestCase("2.2250738585072014e-308", "double 2.2250738585072014E-308")]
    [TestCase("1e-324", "decimal 1E-324")]
    [TestCase("4e-324", "decimal 4E-324")]
    [TestCase("1e309", "decimal 1E+309")]
    [TestCase("0.1000000000000000055511151231257827", "decimal 0.1000000000000000055511151231257827")]
    [TestCase("3.141592653589793238", "decimal 3.141592653589793238")]
    [TestCase("9007199254740993.5", "decimal 9007199254740993.5")]
    [TestCase("1234567890123456789012345678901234", "decimal 1234567890123456789012345678901234")]
    [TestCase("12345678901234567890123456789012345", "none")]
    [TestCase("0.1000000000000000055511151231257827021181583404541015625", "none")]
    [TestCase("1e7000", "none")]
    public void Inside_extra_a_number_keeps_its_exact_value(string number, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(number);
        Assert.That(Describe(JsonNumber.TryReadExact(bytes, out var kind, out var bits, out var exact), kind, bits, exact), Is.EqualTo(expected));
        Assert.That(JsonNumber.IsExact(bytes), Is.EqualTo(expected != "none"));
    }

    [TestCase("5.0", "integer 5")]
    [TestCase("1e3", "integer 1000")]
    [TestCase("1e19", "double 1E+19")]
    [TestCase("12345678901234567890123456789012345", "double 1.234567890123457E+34")]
    [TestCase("0.1000000000000000055511151231257827021181583404541015625", "double 0.1")]
    [TestCase("1.7976931348623157e308", "double 1.7976931348623157E+308")]
    [TestCase("1.7976931348623159e308", "none")]
    [TestCase("2.5e-324", "double 5E-324")]
    [TestCase("2.4e-324", "none")]
    [TestCase("-1e-999999999999999999", "none")]
    public void A_property_is_an_integer_or_a_double(string number, string expected) => Assert.That(
        Describe(JsonNumber.TryRead(Encoding.ASCII.GetBytes(number), out var kind, out var bits), kind, bits, default), Is.EqualTo(expected));

    [Test]
    public void Very_long_numbers_are_read_to_their_last_digit()
    {
        var zeros = new string('0', 1_000_000);
        Assert.That(JsonNumber.TryRead(Encoding.ASCII.GetBytes("0." + zeros + "5e1000001"), out var kind, out var bits), Is.True);
        Assert.That(Describe(true, kind, bits, default), Is.EqualTo("integer 5"));
        Assert.That(JsonNumber.TryRead(Encoding.ASCII.GetBytes("15" + zeros + "e-1000001"), out kind, out bits), Is.True);
        Assert.That(Describe(true, kind, bits, default), Is.EqualTo("double 1.5"));
        Assert.That(JsonNumber.TryRead(Encoding.ASCII.GetBytes("1" + zeros), out _, out _), Is.False);
        Assert.That(JsonNumber.TryRead(Encoding.ASCII.GetBytes("5." + zeros), out kind, out bits), Is.True);
        Assert.That(Describe(true, kind, bits, default), Is.EqualTo("integer 5"));
        Assert.That(JsonNumber.IsExact(Encoding.ASCII.GetBytes("5." + zeros + "1")), Is.False);
    }

    [Test]
    public void Every_double_is_read_back_from_its_shortest_form() => Gen.Double.Where(double.IsFinite).Sample(value =>
    {
        var bytes = Encoding.ASCII.GetBytes(value.ToString("R", CultureInfo.InvariantCulture));
        return JsonNumber.TryReadExact(bytes, out var kind, out var bits, out _)
            && (kind == PropertyKind.Integer ? bits == value : kind == PropertyKind.Double && BitConverter.Int64BitsToDouble(bits) == value);
    }, iter: 20_000);

    [Test]
    public void Every_integer_is_read_back() => Gen.Long.Sample(value =>
        JsonNumber.TryReadExact(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)), out var kind, out var bits, out _)
        && kind == PropertyKind.Integer && bits == value, iter: 20_000);

    private static string Describe(bool isRead, PropertyKind kind, long bits, ExactDecimal exact) => !isRead ? "none" : kind switch
    {
        PropertyKind.Integer => FormattableString.Invariant($"integer {bits}"),
        PropertyKind.Double => FormattableString.Invariant($"double {BitConverter.Int64BitsToDouble(bits):R}"),
        _ => $"decimal {exact}",
    };
}
