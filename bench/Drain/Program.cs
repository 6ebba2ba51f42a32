using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Bench.Drain;
using MongoDB.Bson;
using MongoDB.Driver;

// How fast a backlog of raw events becomes stored events, beside a bare program that writes the same documents.
// Usage: Drain [events], with KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI in the environment and the programs of `make build`.
var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
var bootstrap = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS");
var uri = Environment.GetEnvironmentVariable("MONGODB_URI");
if (string.IsNullOrEmpty(bootstrap) || string.IsNullOrEmpty(uri))
{
    Console.Error.WriteLine("The drain needs real servers: set KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI.");
    return 2;
}

const int WarmUp = 2_000;
var run = "bench_" + Guid.NewGuid().ToString("N")[..8];
var client = new MongoClient(uri);
var database = client.GetDatabase(run);
var settings = new Dictionary<string, string>
{
    ["Kafka__BootstrapServers"] = bootstrap,
    ["Kafka__RawTopic"] = run + ".raw",
    ["Kafka__NormalizedTopic"] = run + ".normalized",
    ["Kafka__RejectedTopic"] = run + ".rejected",
    ["MongoDb__ConnectionString"] = uri,
    ["MongoDb__Database"] = run,
    ["Logging__LogLevel__Default"] = "Warning",
};
using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
try
{
    await database.GetCollection<BsonDocument>("stores").InsertManyAsync(
        Enumerable.Range(0, Workload.Stores).Select(i => new BsonDocument { { "_id", Workload.StoreOf(i) }, { "createdAt", new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) } }));
    using var normalizer = new ServiceProcess("normalizer", 18190, settings);
    using var persister = new ServiceProcess("persister", 18191, settings);
    await normalizer.WaitUntilReadyAsync();
    await persister.WaitUntilReadyAsync();

    // Both are warm and idle when the backlog is made, and are let go at once: neither start-up nor the producer is in the figure.
    Produce(count, WarmUp);
    await WaitForAsync(WarmUp);
    normalizer.Pause();
    persister.Pause();
    Produce(0, count);
    var cpuBefore = (Normalizer: normalizer.Cpu, Persister: persister.Cpu);
    var watch = Stopwatch.StartNew();
    persister.Resume();
    normalizer.Resume();
    await WaitForAsync(WarmUp + count);
    var drain = watch.Elapsed;
    var cpu = (Normalizer: normalizer.Cpu - cpuBefore.Normalizer, Persister: persister.Cpu - cpuBefore.Persister);

    var floor = await BareWriter.RunAsync(client, run, run + "_floor");
    var rate = count / drain.TotalSeconds;
    var floorRate = (count + WarmUp) / floor.TotalSeconds;
    var cpuPerMillion = (cpu.Normalizer + cpu.Persister).TotalSeconds / count * 1_000_000;
    Results.Write("drain", [
        new Row($"drain of {count:N0} raw events to fully stored", rate, "events/s", floorRate, rate / floorRate, "≥ 0.6", rate / floorRate >= 0.6),
        new Row("own CPU of both services", cpuPerMillion, "s a million events", null, null, "≤ 60", cpuPerMillion <= 60),
        new Row("— normalizer", cpu.Normalizer.TotalSeconds / count * 1_000_000, "s a million events"),
        new Row("— persister", cpu.Persister.TotalSeconds / count * 1_000_000, "s a million events"),
        new Row("peak memory, normalizer", normalizer.PeakMegabytes, "MB", null, null, "≤ 250", normalizer.PeakMegabytes <= 250),
        new Row("peak memory, persister", persister.PeakMegabytes, "MB", null, null, "≤ 250", persister.PeakMegabytes <= 250),
    ]);
}
finally
{
    await client.DropDatabaseAsync(run);
    await client.DropDatabaseAsync(run + "_floor");
    try
    {
        await admin.DeleteTopicsAsync([run + ".raw", run + ".normalized", run + ".rejected"]);
    }
    catch (DeleteTopicsException)
    {
        // the services may not have made all of them
    }
}

return 0;

void Produce(int first, int howMany)
{
    using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
    {
        BootstrapServers = bootstrap,
        Partitioner = Partitioner.Murmur2Random,
        Acks = Acks.All,
        CompressionType = CompressionType.Lz4,
        LingerMs = 20,
        QueueBufferingMaxMessages = 1_000_000,
    }).Build();
    var failed = 0;
    for (var i = first; i < first + howMany; i++)
    {
        producer.Produce(run + ".raw", new Message<string, byte[]> { Key = Workload.StoreOf(i), Value = Workload.Event(i) }, report =>
        {
            if (report.Error.IsError)
                Interlocked.Increment(ref failed);
        });
        if (i % 10_000 == 0)
            producer.Poll(TimeSpan.Zero);
    }

    producer.Flush(TimeSpan.FromSeconds(60));
    if (failed > 0)
        throw new InvalidOperationException($"{failed} events were not produced.");
}

async Task WaitForAsync(long expected)
{
    var events = database.GetCollection<BsonDocument>("events");
    var deadline = Stopwatch.StartNew();
    long seen = 0;
    while (deadline.Elapsed < TimeSpan.FromMinutes(10))
    {
        seen = await events.EstimatedDocumentCountAsync();
        if (seen >= expected)
            return;
        await Task.Delay(50);
    }

    throw new TimeoutException($"{seen} of {expected} events were stored within 10 minutes.");
}
