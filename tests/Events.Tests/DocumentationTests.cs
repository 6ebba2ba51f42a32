using CustomEvents.Events;

namespace CustomEvents.Tests.Events;

/// <summary>What the documents show to producers is true of the code.</summary>
public sealed class DocumentationTests
{
    [Test]
    public void The_example_that_make_up_sends_keeps_every_rule_and_stores_all_but_its_empty_coupon()
    {
        var errors = new List<EventError>();
        var example = new EventParser().Parse(File.ReadAllBytes(Path.Combine(Root(), "docs/examples/event.json")), errors);

        Assert.That(errors, Is.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(example!.EventName, Is.EqualTo("Milestone Reached"));
            Assert.That(example.Data, Has.Count.EqualTo(5));
            Assert.That(example.Location, Has.Count.EqualTo(10));
            Assert.That(example.CustomFields, Has.Count.EqualTo(4));
            Assert.That(example.Extra, Is.Not.Null);
            Assert.That(example.Timestamp, Is.EqualTo(new DateTime(2026, 4, 2, 18, 0, 0, DateTimeKind.Utc)));
        });
    }

    [Test]
    public void Every_code_stands_in_the_reference_for_producers()
    {
        var reference = File.ReadAllText(Path.Combine(Root(), "docs/api.md"));

        Assert.That(Enum.GetValues<ErrorCode>().Select(code => code.ToText()).Where(code => !reference.Contains($"`{code}`", StringComparison.Ordinal)), Is.Empty);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CustomEvents.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No CustomEvents.slnx above {AppContext.BaseDirectory}.");
    }
}
