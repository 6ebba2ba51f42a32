using CustomEvents.Kafka.Topics;

namespace CustomEvents.Tests.Kafka;

public sealed class TopicRulesTests
{
    [TestCase(1, "1", ExpectedResult = "")]
    [TestCase(2, "1", ExpectedResult = "")]
    [TestCase(3, "1", ExpectedResult = "min.insync.replicas 1 2")]
    [TestCase(3, "2", ExpectedResult = "")]
    [TestCase(5, "3", ExpectedResult = "")]
    public string Two_replicas_have_to_be_in_sync_where_there_are_three_or_more(int replicationFactor, string found) => Weaker(replicationFactor, ("min.insync.replicas", found));

    [TestCase("max.message.bytes", "8388607", ExpectedResult = "max.message.bytes 8388607 8388608")]
    [TestCase("max.message.bytes", "9000000", ExpectedResult = "")]
    [TestCase("cleanup.policy", "compact,delete", ExpectedResult = "cleanup.policy compact,delete delete")]
    [TestCase("unclean.leader.election.enable", "true", ExpectedResult = "unclean.leader.election.enable true false")]
    [TestCase("compression.type", "zstd", ExpectedResult = "")]
    [TestCase("retention.ms", "1", ExpectedResult = "", Description = "told to the operator, and no reason not to work")]
    public string Other_settings_are_compared_one_by_one(string setting, string found) => Weaker(1, (setting, found));

    [TestCase(1, null)]
    [TestCase(3, "2")]
    public void Topics_are_made_so_that_they_are_not_weaker(int replicationFactor, string? inSync)
    {
        var made = TopicRules.For(TopicRules.EventRetention, replicationFactor);
        Assert.That(made.GetValueOrDefault("min.insync.replicas"), Is.EqualTo(inSync));
        Assert.That(TopicRules.Weaker(made, replicationFactor), Is.Empty);
    }

    private static string Weaker(int replicationFactor, (string Name, string Value) setting) => string.Join(
        ';', TopicRules.Weaker(new Dictionary<string, string> { [setting.Name] = setting.Value }, replicationFactor).Select(w => $"{w.Setting} {w.Found} {w.Wanted}"));
}
