using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Support;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>The three services as processes, with topics and a database of their own on the servers that the environment names.</summary>
public sealed class ServersDeployment : Deployment
{
    /// <summary>How many partitions each topic has.</summary>
    public const int Partitions = 4;

    private const string Raw = "events.raw";
    private const string Normalized = "events.normalized";
    private const string Rejected = "events.rejected";
    private readonly string _prefix = $"contract-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly string _directory = Directory.CreateTempSubdirectory("contract-").FullName;
    private readonly string _kafka;
    private readonly MongoClient _mongo;
    private readonly Dictionary<string, string> _settings;
    private readonly DirectProducer _producer;
    private RunningProgram? _api;
    private RunningProgram? _normalizer;
    private RunningProgram? _persister;

    private ServersDeployment(string kafka, string mongo, (string Name, string Value)[] more)
    {
        _kafka = kafka;
        _mongo = new MongoClient(mongo);
        _settings = new Dictionary<string, string>
        {
            ["Kafka__BootstrapServers"] = kafka,
            ["Kafka__RawTopic"] = Topic(Raw),
            ["Kafka__NormalizedTopic"] = Topic(Normalized),
            ["Kafka__RejectedTopic"] = Topic(Rejected),
            ["Kafka__Partitions"] = Partitions.ToString(CultureInfo.InvariantCulture),
            // A killed member is missed sooner than by default.
            ["Kafka__Client__session.timeout.ms"] = "6000",
            ["MongoDb__ConnectionString"] = mongo,
            ["MongoDb__Database"] = _prefix,
        };
        if (TestServers.HasSchemaRegistry)
            _settings["SchemaRegistry__Url"] = TestServers.SchemaRegistry;
        foreach (var (name, value) in more)
            _settings[name] = value;
        _producer = new DirectProducer(kafka, Topic(Raw));
    }

    /// <inheritdoc />
    public override Uri Api => _api!.Address;

    /// <inheritdoc />
    public override DirectProducer DirectProducer => _producer;

    /// <inheritdoc />
    public override IMongoDatabase Database => _mongo.GetDatabase(_prefix);

    /// <inheritdoc />
    public override string RawTopic => Topic(Raw);

    /// <summary>The bootstrap servers.</summary>
    public string Kafka => _kafka;

    /// <summary>Where each of its programs answers <c>/metrics</c>, by name.</summary>
    public IReadOnlyDictionary<string, Uri> Addresses => new Dictionary<string, Uri>
    {
        ["ingest-api"] = _api!.Address,
        ["normalizer"] = _normalizer!.Address,
        ["persister"] = _persister!.Address,
    };

    /// <summary>The topic of normalized events.</summary>
    public string NormalizedTopic => Topic(Normalized);

    /// <summary>The topic of rejections.</summary>
    public string RejectedTopic => Topic(Rejected);

    /// <inheritdoc />
    public override string Logs => string.Join('\n', Programs.Select(static program => program?.Logs));

    /// <inheritdoc />
    protected override IReadOnlyDictionary<string, string> OperatorSettings => _settings;

    /// <inheritdoc />
    protected override IEnumerable<RunningProgram?> Programs => [_api, _normalizer, _persister];

    /// <summary>Starts it.</summary>
    public static async Task<Deployment> StartAsync() => await StartOwnAsync();

    /// <summary>Starts one that a test may kill, or that needs settings of its own.</summary>
    public static Task<ServersDeployment> StartOwnAsync(params (string Name, string Value)[] more) => StartOnAsync(TestServers.Mongo, more);

    /// <summary>Starts one on a database server of its own.</summary>
    public static async Task<ServersDeployment> StartOnAsync(string mongo, params (string Name, string Value)[] more)
    {
        var deployment = new ServersDeployment(TestServers.Kafka, mongo, more);
        try
        {
            var starts = new[] { "ingest-api", "normalizer", "persister" }
                .Select(name => RunningProgram.StartAsync(name, deployment._settings, deployment._directory)).ToArray();
            await Task.WhenAll(starts.Select(static async start => await start)).ContinueWith(static _ => { }, TaskScheduler.Default);
            deployment._api = await starts[0];
            deployment._normalizer = await starts[1];
            deployment._persister = await starts[2];
            await Task.WhenAll(deployment._api.BecomeReadyAsync(), deployment._normalizer.BecomeReadyAsync(), deployment._persister.BecomeReadyAsync());
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL of normalizer and persister, both at once, and new ones.</summary>
    public async Task KillWorkersAsync()
    {
        var normalizer = _normalizer!.KillAndRestartAsync();
        var persister = _persister!.KillAndRestartAsync();
        _normalizer = await normalizer;
        _persister = await persister;
    }

    /// <inheritdoc />
    public override async Task<BsonDocument?> FindEventAsync(string storeId, Guid eventId)
    {
        var filter = Builders<BsonDocument>.Filter.Eq("_id", new BsonBinaryData(eventId, GuidRepresentation.Standard));
        var found = await Database.GetCollection<BsonDocument>("events").Find(filter).FirstOrDefaultAsync();
        return found is not null && found["storeId"] == storeId ? found : null;
    }

    /// <inheritdoc />
    public override async Task<BsonDocument?> FindCustomerAsync(string storeId, string by, string value)
    {
        var (field, wanted) = by switch
        {
            "id" => ("customerId", (BsonValue)ObjectId.Parse(value)),
            "email" => ("email", value),
            _ => ("phoneNumber", value),
        };
        var filter = Builders<BsonDocument>.Filter.Eq("storeId", storeId) & Builders<BsonDocument>.Filter.Eq(field, wanted);
        return await Database.GetCollection<BsonDocument>("customers").Find(filter).FirstOrDefaultAsync();
    }

    /// <inheritdoc />
    public override async Task<long> CountEventsAsync(string storeId, ObjectId customerId) => await Database.GetCollection<BsonDocument>("events")
        .CountDocumentsAsync(Builders<BsonDocument>.Filter.Eq("storeId", storeId) & Builders<BsonDocument>.Filter.Eq("customerId", customerId));

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        _normalizer?.Dispose();
        _persister?.Dispose();
        _producer.Dispose();
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        await _mongo.DropDatabaseAsync(_prefix);
        _mongo.Dispose();
        await ForgetSchemasAsync();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka }).Build();
        try
        {
            await admin.DeleteTopicsAsync([Topic(Raw), Topic(Normalized), Topic(Rejected)]);
        }
        catch (DeleteTopicsException)
        {
            // One that was never made cannot be deleted.
        }
    }

    private async Task ForgetSchemasAsync()
    {
        if (!_settings.TryGetValue("SchemaRegistry__Url", out var registry))
            return;
        using var client = new HttpClient();
        foreach (var topic in new[] { RawTopic, NormalizedTopic })
            await client.DeleteAsync(new Uri($"{registry}/subjects/{topic}-value"));
    }

    private string Topic(string name) => $"{_prefix}.{name}";
}
