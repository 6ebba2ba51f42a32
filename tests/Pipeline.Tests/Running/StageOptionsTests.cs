using CustomEvents.Pipeline.Running;

namespace CustomEvents.Tests.Pipeline.Running;

public sealed class StageOptionsTests
{
    [Test]
    public void The_defaults_are_valid() => Assert.That(new StageOptions().Validate(), Is.Empty);

    [Test]
    public void A_problem_names_the_setting_its_value_and_the_remedy()
    {
        var problems = new StageOptions { MaxBytesInFlight = 5, MinBackoff = TimeSpan.FromMinutes(1), MaxLaneRecords = 10 }.Validate();
        Assert.That(problems, Has.Count.EqualTo(3));
        Assert.That(problems[0], Is.EqualTo("Stage:MaxBytesInFlight is 5. Set it to 1048576 bytes or more."));
    }
}
