using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Pipeline.Log;

public class TopicNamesTests
{
    [TestCase("normalizer", "events.raw", "normalizer")]
    [TestCase("persister", "events.normalized", "persister")]
    [TestCase("rejections", "events.rejected", "rejections")]
    [TestCase("normalizer", "staging.events.raw", "normalizer.staging.events.raw")]
    public void Group_is_the_stages_name_and_that_of_a_topic_with_a_name_of_its_own(string stage, string topic, string expected) =>
        Assert.That(TopicNames.Group(stage, topic), Is.EqualTo(expected));
}
