using CustomEvents.Tests.Support;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Kafka;

/// <summary>The log's suite on a real broker.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class BrokerLogTests : HandOverLogSuite
{
    protected override async Task<LogUnderTest> OpenAsync()
    {
        var servers = TestServers.Kafka;
        var topic = KafkaLogs.NewName();
        await Broker.CreateTopicAsync(servers, topic, 4);
        return KafkaLogs.Open(servers, topic, 4, () => Broker.DeleteTopicsAsync(servers, topic));
    }
}
