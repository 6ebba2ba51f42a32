using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Bench.Load;
using CustomEvents.Kafka.Topics;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Bench.Running;

/// <summary>The pipeline on real servers: topics, a database and processes of its own, which end with it.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    public const int Partitions = 12;

    private const int SampledRecords = 200;

    private static readonly TimeSpan StoreLimit = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan SizesLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LeastBetweenCounts = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostBetweenCounts = TimeSpan.FromSeconds(5);
    private readonly string _run = "bench_" + Guid.NewGuid().ToString("N")[..8];
    private readonly string _programs;
    private readonly Dictionary<string, string> _settings;
    private readonly IAdminClient _admin;
    private readonly MongoClient _client;
    private readonly List<ServiceProcess> _services = [];
    private readonly List<string> _databases;

    public Deployment(BenchOptions options)
    {
        Kafka = BenchOptions.KafkaServers!;
        MongoUri = BenchOptions.MongoUri!;
        _programs = options.Programs;
        _client = new MongoClient(MongoUri);
        Database = _client.GetDatabase(_run);
        _databases = [_run];
        _admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Kafka }).SetLogHandler(static (_, _) => { }).Build();
        _settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = Kafka,
            ["Kafka__RawTopic"] = RawTopic,
            ["Kafka__NormalizedTopic"] = NormalizedTopic,
            ["Kafka__RejectedTopic"] = _run + ".rejected",
            ["Kafka__Partitions"] = Partitions.ToString(System.Globalization.CultureInfo.InvariantCulture),
            // A worker is held while its backlog is made; by default the group would go on without it.
            ["Kafka__Client__session_timeout_ms"] = "240000",
            ["MongoDb__ConnectionString"] = MongoUri,
            ["MongoDb__Database"] = _run,
        };
    }

    public string Kafka { get; }

    public string MongoUri { get; }

    public IMongoDatabase Database { get; }

    public string RawTopic => _run + ".raw";

    public string NormalizedTopic => _run + ".normalized";

    /// <summary>Processor time of the first broker and the first database server that are named, where they run on this machine.</summary>
    public (TimeSpan? Kafka, TimeSpan? Mongo) ServersCpu => (
        Machine.CpuOfListener(int.Parse(Kafka.Split(',')[0].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture)),
        Machine.CpuOfListener(new MongoUrl(MongoUri).Server.Port));

    /// <summary>Starts a service, and waits until it is ready.</summary>
    public async Task<ServiceProcess> StartAsync(string service)
    {
        var process = await ServiceProcess.StartAsync(service, _programs, _settings);
        _services.Add(process);
        return process;
    }

    /// <summary>Makes a topic as the services make theirs.</summary>
    public async Task<string> CreateTopicAsync(string name)
    {
        var topic = $"{_run}.{name}";
        await _admin.CreateTopicsAsync(
            [new TopicSpecification { Name = topic, NumPartitions = Partitions, ReplicationFactor = -1, Configs = TopicRules.For(TopicRules.EventRetention, 1) }]);
        return topic;
    }

    /// <summary>The name of a further database that is dropped with the rest.</summary>
    public string NewDatabase(string name)
    {
        _databases.Add($"{_run}_{name}");
        return _databases[^1];
    }

    /// <summary>Makes stores, each with a key.</summary>
    public async Task CreateStoresAsync(int count)
    {
        var createdAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var stores = Enumerable.Range(0, count).Select(Workload.StoreName).ToArray();
        await Database.GetCollection<BsonDocument>("stores").InsertManyAsync(stores.Select(store => new BsonDocument { { "_id", store }, { "createdAt", createdAt } }));
        await Database.GetCollection<BsonDocument>("api_keys").InsertManyAsync(stores.Select(store => new BsonDocument
        {
            { "_id", Hash(Workload.KeyOf(store)) }, { "keyId", store }, { "storeId", store }, { "scopes", new BsonArray { "customer_events_write" } }, { "createdAt", createdAt },
        }));
    }

    /// <summary>The hash of a key, as the stores of keys have it.</summary>
    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));

    /// <summary>Produces events straight to the raw topic.</summary>
    public void Produce(Workload workload, Func<long, byte[]> eventOf, long first, long count)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = Kafka,
            Partitioner = Partitioner.Murmur2Random,
            Acks = Acks.All,
            EnableIdempotence = true,
            CompressionType = CompressionType.Lz4,
            LingerMs = 20,
            QueueBufferingMaxMessages = 200_000,
            EnableDeliveryReports = true,
            DeliveryReportFields = "status",
        }).Build();
        var failed = 0;
        // Called by the client's own thread, and by this one while it flushes.
        void OnReport(DeliveryReport<string, byte[]> report)
        {
            if (report.Error.IsError)
                Interlocked.Increment(ref failed);
        }

        for (var i = first; i < first + count; i++)
        {
            var message = new Message<string, byte[]> { Key = workload.StoreOf(i), Value = eventOf(i) };
            while (true)
            {
                try
                {
                    producer.Produce(RawTopic, message, OnReport);
                    break;
                }
                catch (ProduceException<string, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Flush(TimeSpan.FromMilliseconds(50));
                }
            }
        }

        if (producer.Flush(TimeSpan.FromSeconds(120)) is var left && left + failed > 0)
            throw new InvalidOperationException($"{left + failed} events were not produced.");
    }

    /// <summary>Bytes of a record of a topic, key, value and headers: the mean of the last ones of each partition.</summary>
    public async Task<double> SizeOfRecordsAsync(string topic)
    {
        var ends = await EndsAsync(topic);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = Kafka, GroupId = _run, EnableAutoCommit = false, EnablePartitionEof = true }).Build();
        consumer.Assign(ends.Select((end, partition) => new TopicPartitionOffset(topic, partition, Math.Max(0, end - SampledRecords))));
        long bytes = 0, records = 0;
        for (var over = 0; over < Partitions;)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException($"The last records of {topic} did not come.");
            if (result.IsPartitionEOF)
            {
                over++;
                continue;
            }

            records++;
            bytes += result.Message.Key.Length + result.Message.Value.Length + result.Message.Headers.Sum(header => header.Key.Length + (header.GetValueBytes()?.Length ?? 0));
        }

        return (double)bytes / records;
    }

    /// <summary>Waits until so many events are stored in all.</summary>
    public Task WaitUntilStoredAsync(long expected)
    {
        var events = Database.GetCollection<BsonDocument>("events");
        return WaitAsync("stored", expected, isExact: true, () => events.EstimatedDocumentCountAsync());
    }

    /// <summary>Waits until so many records are in the normalized topic in all.</summary>
    public async Task WaitUntilNormalizedAsync(long expected) =>
        // A record may stand there twice where an append was repeated.
        await WaitAsync("normalized", expected, isExact: false, async () => (await EndsAsync(NormalizedTopic)).Sum());

    /// <summary>The end of each partition of a topic.</summary>
    public async Task<long[]> EndsAsync(string topic)
    {
        var questions = Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, partition), OffsetSpec = OffsetSpec.Latest() });
        var answer = await _admin.ListOffsetsAsync(questions, new ListOffsetsOptions { RequestTimeout = TimeSpan.FromSeconds(30) });
        return [.. answer.ResultInfos.OrderBy(one => one.TopicPartitionOffsetError.Partition.Value).Select(one => one.TopicPartitionOffsetError.Offset.Value)];
    }

    /// <summary>The bytes of documents, not compressed, and of indexes as the server tells them.</summary>
    public async Task<(double Documents, double Indexes)> SizesAsync()
    {
        // It may go through all that it has.
        using var client = new MongoClient(new MongoUrlBuilder(MongoUri) { SocketTimeout = SizesLimit }.ToMongoUrl());
        var database = client.GetDatabase(_run);
        double documents = 0, indexes = 0;
        foreach (var name in new[] { "claims", "customers", "segment_index", "events" })
        {
            var stats = await database.RunCommandAsync<BsonDocument>(new BsonDocument("collStats", name));
            documents += stats.GetValue("size", 0).ToDouble();
            indexes += stats.GetValue("totalIndexSize", 0).ToDouble();
        }

        return (documents, indexes);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            service.Dispose();
        foreach (var database in _databases)
            await CleanUpAsync($"database {database}", () => _client.DropDatabaseAsync(database));
        await CleanUpAsync("the topics", async () =>
        {
            var there = _admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(topic => topic.Topic).Where(topic => topic.StartsWith(_run, StringComparison.Ordinal)).ToArray();
            if (there.Length > 0)
                await _admin.DeleteTopicsAsync(there);
        });
        _admin.Dispose();
        _client.Dispose();
    }

    // The figures are there: a server that is slow to drop what is no longer needed takes none of them back.
    private static async Task CleanUpAsync(string what, Func<Task> remove)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await remove();
                return;
            }
            catch (Exception slow) when (slow is MongoException or TimeoutException or KafkaException or OperationCanceledException)
            {
                if (attempt == 3)
                {
                    await Console.Error.WriteLineAsync($"{what} could not be removed and is left behind: {slow.Message}");
                    return;
                }
            }
        }
    }

    /// <summary>
    /// Counts until all is there, and the rarer the longer that is going to take: a server that goes through all documents to count them would otherwise be busy with that.
    /// It returns by one count and 50 ms too late, by an eighth of the time at most where the end is faster than the rest.
    /// </summary>
    private async Task WaitAsync(string what, long expected, bool isExact, Func<Task<long>> count)
    {
        var watch = Stopwatch.StartNew();
        long? first = null;
        var lastProgress = TimeSpan.Zero;
        long seen = -1;
        while (true)
        {
            var now = await count();
            if (now > expected && isExact)
                throw new InvalidOperationException($"{now} events were {what}, of {expected} that are expected.");
            if (now >= expected)
                return;
            if (now > seen)
                lastProgress = watch.Elapsed;
            seen = now;
            first ??= now;
            foreach (var service in _services)
                service.Check();
            if (watch.Elapsed > StoreLimit || watch.Elapsed - lastProgress > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"{seen} of {expected} events were {what} after {watch.Elapsed.TotalSeconds:0} s, the last {lastProgress.TotalSeconds:0} s after the begin.");
            // Half of what is left by the mean rate, which a slow beginning makes too much of: no more than a part of what has passed.
            var wait = (expected - now) * (watch.Elapsed / Math.Max(1, now - first.Value)) / 2;
            wait = wait < watch.Elapsed / 8 ? wait : watch.Elapsed / 8;
            await Task.Delay(wait < LeastBetweenCounts ? LeastBetweenCounts : wait < MostBetweenCounts ? wait : MostBetweenCounts);
        }
    }
}
