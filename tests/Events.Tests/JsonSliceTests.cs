using System.Buffers;
using System.Text;
using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

public class JsonSliceTests
{
    [TestCase("", "")]
    [TestCase("plain é😀", "plain é😀")]
    [TestCase("\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/x", "é😀\n\"\\/x")]
    [TestCase("\\uD83D\\uDE00", "😀")]
    [TestCase("a\\u0000b", "a\0b")]
    public void Text_is_given_without_escapes_in_every_form(string raw, string expected)
    {
        var source = Encoding.UTF8.GetBytes("\"" + raw + "\"");
        var slice = new JsonSlice(1, source.Length - 2, raw.Contains('\\', StringComparison.Ordinal));
        Assert.That(slice.ToText(source), Is.EqualTo(expected));

        var copied = new byte[slice.Length];
        Assert.That(Encoding.UTF8.GetString(copied, 0, slice.CopyTextTo(source, copied)), Is.EqualTo(expected));

        var output = new ArrayBufferWriter<byte>();
        slice.WriteTextTo(source, output);
        Assert.That(Encoding.UTF8.GetString(output.WrittenSpan), Is.EqualTo(expected));

        Assert.That(slice.TextEquals(source, expected), Is.True);
        Assert.That(slice.TextEquals(source, expected + "x"), Is.False);
        Assert.That(slice.TextEquals(source, "x" + expected), Is.False);
    }

    [TestCase(0, 0, false)]
    [TestCase(5, 0, true)]
    [TestCase(int.MaxValue, 7, true)]
    [TestCase(3, int.MaxValue, false)]
    public void A_property_keeps_the_place_of_its_text(int start, int length, bool isEscaped)
    {
        var slice = new JsonSlice(start, length, isEscaped);
        var property = new Property(default, PropertyKind.String, slice, 0);
        Assert.That((property.Text.Start, property.Text.Length, property.Text.IsEscaped), Is.EqualTo((start, length, isEscaped)));
        Assert.That(property.Bits, Is.Zero);
        Assert.That(new Property(default, PropertyKind.Integer, default, -1).Text, Is.EqualTo(default(JsonSlice)));
    }
}
