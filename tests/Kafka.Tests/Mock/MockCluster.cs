using System.Runtime.InteropServices;
using System.Text;

namespace CustomEvents.Tests.Kafka.Mock;

/// <summary>
/// librdkafka's mock cluster: brokers in this process that real clients connect to over loopback. It keeps at most 5 MB a partition,
/// and cannot create topics or tell their settings when asked as an administrator would.
/// </summary>
internal sealed partial class MockCluster : IDisposable
{
    private const string Library = "librdkafka";
    private readonly nint _client;
    private readonly nint _cluster;

    // The package has several builds of the library, and which of them loads depends on what the machine has.
    static MockCluster() => NativeLibrary.SetDllImportResolver(typeof(MockCluster).Assembly, static (name, assembly, search) =>
    {
        foreach (var build in new[] { name, "centos8-" + name, "alpine-" + name })
        {
            if (NativeLibrary.TryLoad(build, assembly, search, out var handle))
                return handle;
        }

        return 0;
    });

    public MockCluster(int brokers = 1)
    {
        var reason = new byte[512];
        var configuration = NewConfiguration();
        // It has no brokers of its own, and would say so.
        _ = Set(configuration, "log_level", "0", reason, reason.Length);
        _client = New(0, configuration, reason, reason.Length);
        if (_client == 0)
            throw new InvalidOperationException(Encoding.UTF8.GetString(reason));
        _cluster = NewCluster(_client, brokers);
        GroupInitialRebalanceDelay(_cluster, 0);
        SetController(_cluster, 1);
        BootstrapServers = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
    }

    public string BootstrapServers { get; }

    public void CreateTopic(string topic, int partitions) => Expect(TopicCreate(_cluster, topic, partitions, 1));

    public void DeleteTopic(string topic) => Expect(TopicDelete(_cluster, topic));

    /// <summary>The next requests of a kind are answered with errors, one each.</summary>
    public void FailNext(ApiKey request, params Confluent.Kafka.ErrorCode[] errors) =>
        PushErrors(_cluster, (short)request, (nuint)errors.Length, Array.ConvertAll(errors, static e => (int)e));

    public void StopBroker(int id = 1) => Expect(BrokerDown(_cluster, id));

    public void StartBroker(int id = 1) => Expect(BrokerUp(_cluster, id));

    /// <summary>Every answer comes this much later.</summary>
    public void SetDelay(TimeSpan delay) => Expect(BrokerRtt(_cluster, -1, (int)delay.TotalMilliseconds));

    public void Dispose()
    {
        DestroyCluster(_cluster);
        Destroy(_client);
    }

    private static void Expect(int error)
    {
        if (error != 0)
            throw new InvalidOperationException($"The mock cluster refused: {(Confluent.Kafka.ErrorCode)error}");
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint NewConfiguration();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(nint configuration, string name, string value, byte[] reason, nint reasonLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, byte[] reason, nint reasonLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void DestroyCluster(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    private static partial void GroupInitialRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_set_controller_id")]
    private static partial void SetController(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(nint cluster, string topic, int partitions, int replicationFactor);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_delete", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicDelete(nint cluster, string topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void PushErrors(nint cluster, short apiKey, nuint count, int[] errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int BrokerDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int BrokerUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    private static partial int BrokerRtt(nint cluster, int broker, int milliseconds);
}
