using CustomEvents.Tests.Kafka.Mock;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Kafka;

/// <summary>The log's suite on the mock cluster: the real client, and no server. It refuses commits while a group is in change; a broker takes them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
public sealed class MockLogTests : SharedLogSuite
{
    /// <summary>Where a member comes or goes, the mock cluster waits for the others as long as a session lasts.</summary>
    internal static readonly (string Setting, string Value)[] QuickGroups =
        [("Kafka:Client:session.timeout.ms", "3000"), ("Kafka:Client:heartbeat.interval.ms", "100")];

    // The mock cluster keeps 5 MB of a partition.
    protected override int LargeValueBytes => 4 * 1024 * 1024;

    // It knows a partition's ends alone.
    protected override bool FindsByTime => false;

    protected override Task<LogUnderTest> OpenAsync()
    {
        var cluster = new MockCluster();
        var topic = KafkaLogs.NewName();
        cluster.CreateTopic(topic, 4);
        return Task.FromResult(KafkaLogs.Open(cluster.BootstrapServers, topic, 4, () =>
        {
            cluster.Dispose();
            return Task.CompletedTask;
        }, QuickGroups));
    }
}
