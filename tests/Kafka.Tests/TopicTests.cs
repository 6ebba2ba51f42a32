using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Kafka;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Tests.Support;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.Kafka;

/// <summary>The topics on a real broker, contract section 10.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class TopicTests
{
    private readonly string _prefix = KafkaLogs.NewName();
    private readonly List<ServiceProvider> _services = [];
    private string _servers = "";

    private string[] Topics => [_prefix + ".raw", _prefix + ".normalized", _prefix + ".rejected"];

    [SetUp]
    public void FindBroker() => _servers = TestServers.Kafka;

    [TearDown]
    public async Task Delete()
    {
        foreach (var services in _services)
            await services.DisposeAsync();
        if (_servers.Length > 0)
            await Broker.DeleteTopicsAsync(_servers, Topics);
    }

    [Test]
    public async Task Missing_topics_are_made_with_the_contracts_settings_by_any_number_of_instances_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Dependency().PrepareAsync(default)));
        Assert.That(await Dependency().CheckAsync(default), Is.Null);

        using var admin = Broker.Admin(_servers);
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(Topics));
        var settings = await admin.DescribeConfigsAsync(Topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(described.TopicDescriptions.Select(t => t.Partitions.Count), Is.All.EqualTo(12));
            foreach (var topic in settings)
            {
                var days = topic.ConfigResource.Name.EndsWith("rejected", StringComparison.Ordinal) ? 30 : 7;
                string Value(string name) => topic.Entries[name].Value;
                Assert.That(Value("retention.ms"), Is.EqualTo($"{days * 86_400_000L}"), topic.ConfigResource.Name);
                Assert.That(Value("cleanup.policy"), Is.EqualTo("delete"));
                Assert.That(Value("max.message.bytes"), Is.EqualTo("8388608"));
                Assert.That(Value("unclean.leader.election.enable"), Is.EqualTo("false"));
                Assert.That(Value("compression.type"), Is.EqualTo("producer"));
            }
        }
    }

    [TestCase("max.message.bytes", "1048576", "8388608")]
    [TestCase("cleanup.policy", "compact", "delete")]
    [TestCase("unclean.leader.election.enable", "true", "false")]
    public async Task A_weaker_setting_is_named_with_what_it_is_what_it_has_to_be_and_the_command(string setting, string found, string wanted)
    {
        await Broker.CreateTopicAsync(_servers, Topics[0], 12, new() { ["max.message.bytes"] = "8388608", [setting] = found });
        Assert.That(
            async () => await Dependency().PrepareAsync(default),
            Throws.InstanceOf<InfrastructureException>().With.Message.Contains($"Topic {Topics[0]} has {setting}={found}, and {wanted} is needed"));

        var dependency = Dependency();
        Assert.That(await dependency.CheckAsync(default), Does.Contain($"--entity-name {Topics[0]} --add-config {setting}={wanted}"));
        using var admin = Broker.Admin(_servers);
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = Topics[0] }] =
                [new ConfigEntry { Name = setting, Value = wanted, IncrementalOperation = AlterConfigOpType.Set }],
        });
        await UntilAsync("the remedy to be seen", async () => await dependency.CheckAsync(default));
    }

    [Test]
    public async Task Topics_with_different_numbers_of_partitions_are_named()
    {
        await Broker.CreateTopicAsync(_servers, Topics[1], 3);
        Assert.That(
            async () => await Dependency().PrepareAsync(default),
            Throws.InstanceOf<InfrastructureException>().With.Message.Contains($"Topic {Topics[1]} has 3 partitions and another has 12"));
    }

    [Test]
    public async Task A_missing_topic_is_named() =>
        Assert.That(await Dependency().CheckAsync(default), Does.Contain($"no topic {Topics[0]}"));

    // One record: the reader's offset lies behind the new topic's end. Five: it lies within, and no broker refuses it.
    [TestCase(1)]
    [TestCase(5)]
    public async Task A_topic_made_anew_is_read_from_its_beginning_under_its_own_id_by_a_reader_that_goes_on(int count)
    {
        await Broker.CreateTopicAsync(_servers, Topics[0], 1);
        var services = Wire();
        var log = new LogUnderTest(
            services.GetRequiredService<ILogWriter>(), services.GetRequiredService<ILogReaderFactory>(), services.GetRequiredService<ILogInspector>(), Topics[0], 1,
            () => ValueTask.CompletedTask);
        await log.AppendAsync(log.Record("k", "old"), log.Record("k", "old"));
        using var member = log.Join(_prefix);
        member.ReadUntil(2);
        member.CommitRead();

        await Broker.DeleteTopicsAsync(_servers, Topics[0]);
        await Broker.CreateTopicAsync(_servers, Topics[0], 1);
        // The writer's client knows the old topic for a while.
        await using (var fresh = Wire())
            await fresh.GetRequiredService<ILogWriter>().AppendAsync([.. Enumerable.Range(0, count).Select(i => log.Record("k", $"new {i}"))], default);

        member.PollUntil("the new topic's last record", () => member.Values.Contains($"new {count - 1}"));
        var anew = member.Read.Skip(2).ToArray();
        Assert.That(anew.Select(r => r.Position.Offset), Is.EqualTo(Enumerable.Range(0, count)), member.ToString());
        Assert.That(anew.Select(r => r.Position.TopicId), Is.All.Not.EqualTo(member.Read[0].Position.TopicId));
        Assert.That((await log.Inspector.ReadAtAsync(Topics[0], [(0, 0)], default))[(0, 0)].Position, Is.EqualTo(anew[0].Position));
        Assert.That(member.Partitions, Is.EqualTo(new[] { 0 }));
        member.Reader.Close();
    }

    private static async Task UntilAsync(string what, Func<Task<string?>> problem)
    {
        string? last = null;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(10); await Task.Delay(50))
        {
            last = await problem();
            if (last is null)
                return;
        }

        Assert.Fail($"Waited 10 s for {what}; seen last: {last}");
    }

    private IDependency Dependency() => Wire().GetServices<IDependency>().Single(d => d.Name == "kafka");

    private ServiceProvider Wire()
    {
        var services = KafkaLogs.Wire(
            _servers, KafkaDelivery.GivesUp, ("Kafka:RawTopic", Topics[0]), ("Kafka:NormalizedTopic", Topics[1]), ("Kafka:RejectedTopic", Topics[2]));
        _services.Add(services);
        return services;
    }
}
