using System.Text.Json;
using CustomEvents.Tests.Contract.Driving;
using MongoDB.Bson;
using MongoDB.Driver;

namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>A running pipeline, as those outside of it see it.</summary>
public abstract class Deployment : IAsyncDisposable
{
    private static readonly SemaphoreSlim Commands = new(3);

    private readonly Lock _lock = new();
    private Task<TestStore>? _otherStore;

    // Retries and pooling are the tests' business: each request stands for itself.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.None })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Where the API answers.</summary>
    public abstract Uri Api { get; }

    /// <summary>The topic that direct producers write; null where there are none.</summary>
    public virtual DirectProducer? DirectProducer => null;

    /// <summary>The collections; null where they are no MongoDB's.</summary>
    public virtual IMongoDatabase? Database => null;

    /// <summary>For <c>source.topic</c>.</summary>
    public abstract string RawTopic { get; }

    /// <summary>The settings with which the operator's commands reach it.</summary>
    protected abstract IReadOnlyDictionary<string, string> OperatorSettings { get; }

    /// <summary>What its processes said last, for the output of a failing test.</summary>
    public abstract string Logs { get; }

    /// <summary>Its processes.</summary>
    protected abstract IEnumerable<RunningProgram?> Programs { get; }

    /// <summary>Everything that its processes said up to now.</summary>
    public async Task<string> ReadOutputAsync()
    {
        var output = new List<string>();
        foreach (var program in Programs)
        {
            await using var file = new FileStream(program!.OutputFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            output.Add(await reader.ReadToEndAsync());
        }

        return string.Join('\n', output);
    }

    /// <summary>Sends one request to the API.</summary>
    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        request.RequestUri = new Uri(Api, request.RequestUri!);
        using var response = await _client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Runs the operator's command line.</summary>
    public async Task<OperatorRun> OperateAsync(params string[] arguments)
    {
        await Commands.WaitAsync();
        try
        {
            return await OperatorRun.OfAsync(arguments, OperatorSettings);
        }
        finally
        {
            Commands.Release();
        }
    }

    /// <summary>Runs one of the operator's commands with <c>--json</c> that has to succeed.</summary>
    public async Task<JsonElement> AskAsync(params string[] arguments)
    {
        var run = await OperateAsync([.. arguments, "--json"]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"events {string.Join(' ', arguments)}: exit code {run.ExitCode}: {run.Error}{run.Output}");
        return run.Json;
    }

    /// <summary>Makes a store, and a key for it.</summary>
    public async Task<TestStore> CreateStoreAsync(string? storeId = null)
    {
        storeId ??= NewStoreId();
        await AskAsync("stores", "create", storeId);
        return new TestStore(this, storeId, await CreateKeyAsync(storeId));
    }

    /// <summary>A store beside the fixtures' own, for what happens across two of them.</summary>
    public Task<TestStore> GetOtherStoreAsync()
    {
        lock (_lock)
            return _otherStore ??= CreateStoreAsync();
    }

    /// <summary>Makes a key.</summary>
    public async Task<string> CreateKeyAsync(string storeId, params string[] options)
    {
        var key = await AskAsync(["keys", "create", "--store", storeId, .. options]);
        return key.GetProperty("key").GetString()!;
    }

    /// <summary>An id that no store has.</summary>
    public static string NewStoreId() => Guid.NewGuid().ToString("N")[..24];

    /// <summary>An event as a reader finds it, or null while it is not there.</summary>
    public abstract Task<BsonDocument?> FindEventAsync(string storeId, Guid eventId);

    /// <summary>A customer as a reader finds it, or null where there is none.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="by"><c>id</c>, <c>email</c> or <c>phone</c>.</param>
    /// <param name="value">The identifier.</param>
    public abstract Task<BsonDocument?> FindCustomerAsync(string storeId, string by, string value);

    /// <summary>How many events a customer has.</summary>
    public virtual async Task<long> CountEventsAsync(string storeId, ObjectId customerId) =>
        (await AskAsync("customers", "show", "--store", storeId, "--id", customerId.ToString())).GetProperty("events").GetInt64();

    /// <inheritdoc />
    public virtual ValueTask DisposeAsync()
    {
        _client.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
