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

    [Test]
    public async Task On_few_columns_lines_are_broken_between_words_and_tables_within_their_cells()
    {
        using var output = new StringWriter();
        var answer = new Answer(output, isJson: false, width: 20);
        await answer.LineAsync("one word and then another one");
        answer.Table(["stage", "what it reads"], [["normalizer", "events.raw, all of it"]]);
        var lines = output.ToString().Split('\n');
        Assert.That(lines.Take(2).Select(static line => line.TrimEnd()), Is.EqualTo(new[] { "one word and then", "another one" }));
        Assert.That(lines, Has.All.Length.AtMost(20));
    }

    [Test]
    public void A_view_is_cut_to_what_the_screen_has_room_for()
    {
        string[] lines = ["1", "2", "3", "4", "5"];
        Assert.That(Answer.Fitting(lines, 6), Is.EqualTo(lines));
        Assert.That(Answer.Fitting(lines, 5), Is.EqualTo(new[] { "1", "2", "3", "... 2 more lines do not fit here" }));
    }
}
