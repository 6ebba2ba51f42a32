using CustomEvents.Operator.Output;

namespace CustomEvents.Tests.Operator.Output;

public class AnswerTests
{
    [Test]
    public void Table_shows_what_producers_sent_without_its_control_characters()
    {
        using var output = new StringWriter();
        new Answer(output, isJson: false).Table(["store"], [["x\u001b[31mred\u0007"]]);
        Assert.That(output.ToString(), Does.Contain("x\\u001b[31mred\\u0007").And.Not.Contain("\u001b"));
    }
}
