using System.Diagnostics;
using Confluent.SchemaRegistry;
using CustomEvents.Kafka;
using CustomEvents.Kafka.Schemas;
using CustomEvents.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CustomEvents.Tests.Kafka;

public sealed class SchemaRegistrationTests
{
    [TestCase("events.raw")]
    [TestCase("events.normalized")]
    public void The_published_schemas_are_part_of_the_program(string topic) =>
        Assert.That(SchemaRegistration.Schema(topic) ?? "", Does.Contain("\"$schema\""));

    [Test]
    public async Task A_registry_is_told_the_schemas_of_both_topics()
    {
        var url = TestServers.SchemaRegistry;
        var prefix = KafkaLogs.NewName();
        using var services = KafkaLogs.Wire(
            "localhost:1", KafkaDelivery.GivesUp, ("SchemaRegistry:Url", url), ("Kafka:RawTopic", prefix + ".raw"), ("Kafka:NormalizedTopic", prefix + ".normalized"));
        var registration = services.GetServices<IHostedService>().Single(s => s is SchemaRegistration);
        await registration.StartAsync(default);

        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = url });
        var wanted = new[] { prefix + ".raw-value", prefix + ".normalized-value" };
        List<string> found = [];
        for (var clock = Stopwatch.StartNew(); !wanted.All(found.Contains); await Task.Delay(50))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(15))
                Assert.Fail($"Waited 15 s for {string.Join(", ", wanted)}; seen last: {string.Join(", ", found)}");
            found = await client.GetAllSubjectsAsync();
        }

        await registration.StopAsync(default);
    }

    [Test]
    public async Task A_registry_that_comes_later_is_told_then()
    {
        using var registry = new LateRegistry(refusals: 1);
        using var services = KafkaLogs.Wire("localhost:1", KafkaDelivery.GivesUp, ("SchemaRegistry:Url", registry.Url));
        var registration = services.GetServices<IHostedService>().Single(s => s is SchemaRegistration);
        await registration.StartAsync(default);
        await ((BackgroundService)registration).ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(registry.Registered, Is.EqualTo(new[] { "events.raw-value", "events.normalized-value" }));
        await registration.StopAsync(default);
    }

    [Test]
    public async Task A_registry_that_is_away_holds_nothing_up()
    {
        using var services = KafkaLogs.Wire("localhost:1", KafkaDelivery.GivesUp, ("SchemaRegistry:Url", "http://127.0.0.1:1"));
        var registration = services.GetServices<IHostedService>().Single(s => s is SchemaRegistration);
        await registration.StartAsync(default);
        await registration.StopAsync(default).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(((BackgroundService)registration).ExecuteTask!.IsFaulted, Is.False);
    }
}
