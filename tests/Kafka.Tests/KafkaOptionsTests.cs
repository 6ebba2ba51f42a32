using CustomEvents.Kafka;
using CustomEvents.Pipeline.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CustomEvents.Tests.Kafka;

public sealed class KafkaOptionsTests
{
    [TestCase("acks", "1", "acknowledged")]
    [TestCase("ACKS", "1", "acknowledged")]
    [TestCase("request_required_acks", "0", "acknowledged")]
    [TestCase("enable.idempotence", "false", "order")]
    [TestCase("partitioner", "random", "murmur2")]
    [TestCase("enable.auto.commit", "false", "committed")]
    [TestCase("enable.auto.offset.store", "true", "committed")]
    [TestCase("isolation.level", "read_uncommitted", "aborted")]
    [TestCase("auto.offset.reset", "latest", "earliest")]
    [TestCase("message.timeout.ms", "1", "gives up")]
    [TestCase("partition.assignment.strategy", "cooperative-sticky", "groups")]
    [TestCase("group.id", "mine", "groups")]
    [TestCase("allow.auto.create.topics", "true", "contract")]
    [TestCase("bootstrap.servers", "x:1", "Kafka:BootstrapServers")]
    [TestCase("test.mock.num.brokers", "3", "forgets")]
    public void A_property_that_would_break_a_promise_is_refused_with_its_name_its_value_and_the_remedy(string property, string value, string reason)
    {
        var message = Refusal(("Kafka:Client:" + property, value));
        Assert.That(message, Does.Contain($"Kafka:Client:{property} is '{value}'").And.Contain(reason).And.Contain("Remove it"));
    }

    [TestCase("Kafka:BootstrapServers", " ", "Kafka:BootstrapServers is empty")]
    [TestCase("Kafka:Partitions", "0", "Kafka:Partitions is 0: give 1")]
    [TestCase("Kafka:ReplicationFactor", "0", "Kafka:ReplicationFactor is 0: give 1")]
    [TestCase("Kafka:RawTopic", "a b", "Kafka:RawTopic is 'a b': give")]
    [TestCase("Kafka:RawTopic", "events.rejected", "give each a name of its own")]
    [TestCase("Kafka:Client:no.such.property", "1", "Kafka:Client:no.such.property is '1'")]
    [TestCase("Kafka:Client:linger.ms", "much", "Kafka:Client:linger.ms is 'much'")]
    public void A_setting_that_cannot_work_is_refused_at_start(string setting, string value, string expected) =>
        Assert.That(Refusal((setting, value)), Does.Contain(expected));

    [Test]
    public void A_secret_is_not_shown() =>
        Assert.That(Refusal(("Kafka:Client:no.such.password", "hush")), Does.Contain("no.such.password").And.Not.Contain("hush"));

    [Test]
    public void An_address_of_the_registry_that_is_none_is_refused()
    {
        using var services = KafkaLogs.Wire("localhost:1", KafkaDelivery.GivesUp, ("SchemaRegistry:Url", "registry"));
        Assert.That(() => services.GetRequiredService<IStartupValidator>().Validate(), Throws.InstanceOf<OptionsValidationException>().With.Message.Contains("SchemaRegistry:Url"));
    }

    [TestCase("ssl.endpoint.identification.algorithm", "none")]
    [TestCase("sasl_username", "user")]
    [TestCase("security.protocol", "plaintext")]
    [TestCase("session.timeout.ms", "30000")]
    public void Properties_of_the_operator_reach_every_client(string property, string value)
    {
        var options = new KafkaOptions { Client = { [property] = value } };
        Assert.That(new KafkaOptionsValidator().Validate(null, options).Failed, Is.False);
        var settings = new ClientSettings(options);
        var name = property.Replace('_', '.');
        foreach (var properties in new[] { settings.Common(), settings.Producer(KafkaDelivery.GivesUp), settings.GroupMember("g"), settings.Onlooker() })
            Assert.That(properties, Does.ContainKey(name).WithValue(value));
    }

    [Test]
    public void Topics_bear_the_names_of_the_settings()
    {
        using var services = KafkaLogs.Wire("localhost:1", KafkaDelivery.GivesUp, ("Kafka:RawTopic", "r"), ("Kafka:RejectedTopic", "x"));
        var names = services.GetRequiredService<TopicNames>();
        Assert.That((names.Raw, names.Normalized, names.Rejected), Is.EqualTo(("r", "events.normalized", "x")));
    }

    private static string Refusal(params (string, string)[] settings)
    {
        using var services = KafkaLogs.Wire("localhost:1", KafkaDelivery.GivesUp, settings);
        var refusal = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
        return refusal!.Message;
    }
}
