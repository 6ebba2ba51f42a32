using CustomEvents.Tests.Contract.Reading;
using MongoDB.Bson;

namespace CustomEvents.Tests.Contract.Deployments;

/// <summary>The whole pipeline in one process on a data folder of its own; what is stored is read through the operator's commands.</summary>
public sealed class EmbeddedDeployment : Deployment
{
    private readonly string _directory;
    private readonly Dictionary<string, string> _settings;
    private volatile RunningProgram? _program;

    private EmbeddedDeployment(string directory, (string Name, string Value)[] more)
    {
        _directory = directory;
        _settings = new Dictionary<string, string> { ["Embedded__DataDirectory"] = Path.Combine(directory, "data") };
        foreach (var (name, value) in more)
            _settings[name] = value;
    }

    /// <inheritdoc />
    public override Uri Api => _program!.Address;

    /// <summary>Where the API answers over TLS, where the settings say that it does.</summary>
    public Uri SecureApi => _program!.SecureAddress!;

    /// <inheritdoc />
    public override string RawTopic => "events.raw";

    /// <inheritdoc />
    public override string Logs => _program?.Logs ?? "";

    /// <inheritdoc />
    protected override IReadOnlyDictionary<string, string> OperatorSettings => _settings;

    /// <inheritdoc />
    protected override IEnumerable<RunningProgram?> Programs => [_program];

    /// <summary>Starts it.</summary>
    public static async Task<Deployment> StartAsync() => await StartOwnAsync();

    /// <summary>Starts one that a test may kill, or that needs settings of its own.</summary>
    public static async Task<EmbeddedDeployment> StartOwnAsync(params (string Name, string Value)[] more)
    {
        var deployment = new EmbeddedDeployment(Directory.CreateTempSubdirectory("contract-").FullName, more);
        try
        {
            deployment._program = await RunningProgram.StartAsync("all-in-one", deployment._settings, deployment._directory);
            await deployment._program.BecomeReadyAsync();
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL, and the same again on the same folder; it answers on another port then.</summary>
    public async Task KillAsync()
    {
        _program = await _program!.KillAndRestartAsync();
        await _program.BecomeReadyAsync();
    }

    /// <inheritdoc />
    public override async Task<BsonDocument?> FindEventAsync(string storeId, Guid eventId)
    {
        var trace = await AskAsync("trace", "--store", storeId, "--event-id", eventId.ToString());
        return trace.TryGetProperty("event", out var found) ? ExtendedJson.Read(found).AsBsonDocument : null;
    }

    /// <inheritdoc />
    public override async Task<BsonDocument?> FindCustomerAsync(string storeId, string by, string value)
    {
        var run = await OperateAsync("customers", "show", "--store", storeId, $"--{by}", value, "--json");
        return run.ExitCode == 0 ? ExtendedJson.Read(run.Json.GetProperty("customer")).AsBsonDocument : null;
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        _program?.Dispose();
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
