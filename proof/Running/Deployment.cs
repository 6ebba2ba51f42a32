using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Proof.Ledger;
using CustomEvents.Proof.Load;
using MongoDB.Driver;

namespace CustomEvents.Proof.Running;

/// <summary>The three services as processes, with topics and a database of their own on the servers that the environment names.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    /// <summary>The services.</summary>
    public static readonly string[] Services = ["ingest-api", "normalizer", "persister"];

    private readonly ProofOptions _options;
    private readonly string _prefix = $"proof-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly Dictionary<string, string> _settings;
    private readonly MongoClient _mongo;
    private readonly Lock _lock = new();
    private readonly List<ServiceInstance> _instances = [];
    private readonly List<ProofStore> _stores = [];
    private readonly string _logs;
    private int _started;

    private Deployment(ProofOptions options, string logs)
    {
        _options = options;
        _logs = logs;
        _mongo = new MongoClient(options.Mongo);
        _settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = options.Kafka,
            ["Kafka__RawTopic"] = RawTopic,
            ["Kafka__NormalizedTopic"] = NormalizedTopic,
            ["Kafka__RejectedTopic"] = RejectedTopic,
            ["Kafka__Partitions"] = Partitions.ToString(CultureInfo.InvariantCulture),
            // A killed member is missed sooner than by default.
            ["Kafka__Client__session.timeout.ms"] = ((int)SessionTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["MongoDb__ConnectionString"] = options.Mongo,
            ["MongoDb__Database"] = _prefix,
            ["RateLimit__RequestsPerSecond"] = "1000000",
            ["RateLimit__Burst"] = "1000000",
        };
        if (options.Registry is { } registry)
            _settings["SchemaRegistry__Url"] = registry;
    }

    /// <summary>How many partitions each topic has.</summary>
    public static int Partitions => 6;

    /// <summary>After which time a member of a group that is not heard of is given up.</summary>
    public static TimeSpan SessionTimeout => TimeSpan.FromSeconds(6);

    /// <summary>The raw topic.</summary>
    public string RawTopic => $"{_prefix}.events.raw";

    /// <summary>The normalized topic.</summary>
    public string NormalizedTopic => $"{_prefix}.events.normalized";

    /// <summary>The stored data.</summary>
    public IMongoDatabase Database => _mongo.GetDatabase(_prefix);

    /// <summary>The stores.</summary>
    public IReadOnlyList<ProofStore> Stores => _stores;

    private string RejectedTopic => $"{_prefix}.events.rejected";

    /// <summary>Starts so many instances of each service, waits until all are ready, and makes the stores.</summary>
    public static async Task<Deployment> StartAsync(ProofOptions options, SendLedger ledger, int instances, string logs)
    {
        var deployment = new Deployment(options, logs);
        try
        {
            await Task.WhenAll(Services.SelectMany(service => Enumerable.Repeat(service, instances)).Select(deployment.AddAsync));
            deployment._stores.AddRange(await Task.WhenAll(Enumerable.Range(0, options.Stores).Select(i => deployment.CreateStoreAsync($"store-{i}", ledger, i))));
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>The running instances of a service, the oldest first.</summary>
    public IReadOnlyList<ServiceInstance> Of(string service)
    {
        lock (_lock)
            return [.. _instances.Where(instance => instance.Name == service)];
    }

    /// <summary>Starts another instance and waits until it is ready.</summary>
    public async Task<ServiceInstance> AddAsync(string service)
    {
        var number = Interlocked.Increment(ref _started);
        var instance = await ServiceInstance.StartAsync(
            service, _options.ProgramOf(service), _settings, Path.Combine(_logs, string.Create(CultureInfo.InvariantCulture, $"{number:D3}-{service}.log")));
        lock (_lock)
            _instances.Add(instance);
        await instance.BecomeReadyAsync();
        return instance;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill(ServiceInstance instance)
    {
        Remove(instance);
        instance.Dispose();
    }

    /// <summary>SIGTERM, until it has ended.</summary>
    public async Task TerminateAsync(ServiceInstance instance)
    {
        Remove(instance);
        if (await instance.TerminateAsync() is not 0 and var code)
            throw new InvalidOperationException($"{instance.Name} ended with {code} after SIGTERM.");
    }

    /// <summary>A producer that writes to the raw topic.</summary>
    public DirectProducer NewDirectProducer() => new(_options.Kafka, RawTopic);

    /// <summary>Deletes the three topics and makes them anew, empty.</summary>
    public async Task MakeTopicsAnewAsync()
    {
        using var admin = Admin();
        string[] topics = [RawTopic, NormalizedTopic, RejectedTopic];
        var settings = await admin.DescribeConfigsAsync(topics.Select(static topic => new ConfigResource { Type = ResourceType.Topic, Name = topic }));
        var replication = admin.GetMetadata(RawTopic, TimeSpan.FromSeconds(10)).Topics[0].Partitions[0].Replicas.Length;
        await admin.DeleteTopicsAsync(topics);
        var made = topics.Select((topic, i) => new TopicSpecification
        {
            Name = topic,
            NumPartitions = Partitions,
            ReplicationFactor = (short)replication,
            Configs = settings[i].Entries.Values.Where(static entry => entry.Source == ConfigSource.DynamicTopicConfig).ToDictionary(static entry => entry.Name, static entry => entry.Value),
        }).ToArray();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await admin.CreateTopicsAsync(made);
                break;
            }
            catch (CreateTopicsException failed) when (attempt < 50)
            {
                // Deleting takes its time; the name is free when it is done.
                made = [.. made.Where(one => failed.Results.Any(result => result.Topic == one.Name && result.Error.Code == ErrorCode.TopicAlreadyExists))];
                await Task.Delay(200);
            }
        }

        // Until the brokers have them they may take records for the old ones still, and drop them with these.
        for (var attempt = 1; !await AreEmptyAsync(admin, topics); attempt++)
        {
            if (attempt == 100)
                throw new TimeoutException($"The topics {string.Join(", ", topics)} were made anew, and are not there and empty after 20 s.");
            await Task.Delay(200);
        }
    }

    private static async Task<bool> AreEmptyAsync(IAdminClient admin, string[] topics)
    {
        try
        {
            var ends = await admin.ListOffsetsAsync(
                from topic in topics
                from partition in Enumerable.Range(0, Partitions)
                select new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, partition), OffsetSpec = OffsetSpec.Latest() });
            return ends.ResultInfos.TrueForAll(static end => end.TopicPartitionOffsetError.Offset == 0);
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _instances.ForEach(static instance => instance.Dispose());
            _instances.Clear();
        }

        try
        {
            await _mongo.DropDatabaseAsync(_prefix);
            using var admin = Admin();
            await admin.DeleteTopicsAsync([RawTopic, NormalizedTopic, RejectedTopic]);
        }
        catch (Exception left) when (left is MongoException or TimeoutException or KafkaException)
        {
            // Of a server that is slow or gone; says nothing of the pipeline.
            await Console.Error.WriteLineAsync($"Not removed: the database or the topics {_prefix}: {left.Message}");
        }

        _mongo.Dispose();
    }

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _options.Kafka }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    private void Remove(ServiceInstance instance)
    {
        lock (_lock)
            _instances.Remove(instance);
    }

    private Uri? AnyApi()
    {
        lock (_lock)
        {
            var addresses = _instances.Where(static one => one.Name == "ingest-api").Select(static one => one.Address).OfType<Uri>().ToArray();
            return addresses.Length == 0 ? null : addresses[Random.Shared.Next(addresses.Length)];
        }
    }

    private async Task<ProofStore> CreateStoreAsync(string store, SendLedger ledger, int number)
    {
        await OperatorAsync("stores", "create", store);
        var key = (await OperatorAsync("keys", "create", "--store", store)).Trim();
        return new ProofStore(store, new StoreTraffic(ledger, store, number, _options.Seed + (number * 10), _options.People), new ApiClient(ledger, store, key, AnyApi));
    }

    private async Task<string> OperatorAsync(params string[] arguments)
    {
        var start = ServiceInstance.Start(_options.ProgramOf("events"), _settings);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"events {string.Join(' ', arguments)}: {await errors}");
    }
}
