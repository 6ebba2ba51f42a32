using System.Text;
using System.Text.Json;
using CustomEvents.Operator;
using CustomEvents.Pipeline;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.Operator;

/// <summary>Runs the command line in this process over a data folder of the embedded pipeline, made for one test.</summary>
internal sealed class EventsRun : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("events-").FullName;

    public string Out { get; private set; } = "";

    public string Error { get; private set; } = "";

    public Task<int> RunAsync(params string[] arguments) => RunAsync(arguments, CancellationToken.None);

    /// <summary>Runs until it ends, or is told to as by Ctrl-C.</summary>
    public async Task<int> RunAsync(string[] arguments, CancellationToken end)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await new EventsCommandLine(output, error).RunAsync([.. arguments, "--data", _folder], end);
        (Out, Error) = (output.ToString(), error.ToString());
        return code;
    }

    /// <summary>Runs with <c>--json</c>, which has to succeed, and gives the document.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var code = await RunAsync([.. arguments, "--json"]);
        Assert.That(code, Is.EqualTo(0), Error);
        using var document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }

    /// <summary>Works on the folder as the pipeline would.</summary>
    public async Task WithAsync(Func<IServiceProvider, Task> work)
    {
        var configuration = new ConfigurationManager();
        configuration["Embedded:DataDirectory"] = _folder;
        await using var services = new ServiceCollection().AddLogging().AddSqliteOperator(configuration).BuildServiceProvider();
        await work(services);
    }

    /// <summary>Does something while the folder belongs to a pipeline.</summary>
    public async Task WithPipelineAsync(Func<Task> work)
    {
        var configuration = new ConfigurationManager();
        configuration["Embedded:DataDirectory"] = _folder;
        await using var services = new ServiceCollection().AddLogging().AddSqlitePipeline(configuration).BuildServiceProvider();
        foreach (var dependency in services.GetServices<IDependency>())
            await dependency.PrepareAsync(CancellationToken.None);
        await work();
    }

    public Task AddRejectionAsync(Rejection rejection) =>
        WithAsync(services => services.GetRequiredService<IRejectionStore>().AddAsync([rejection], CancellationToken.None));

    public Task AppendAsync(params OutgoingRecord[] records) =>
        WithAsync(services => services.GetRequiredService<ILogWriter>().AppendAsync(records, CancellationToken.None));

    public async Task<List<LogRecord>> RawAsync(string store)
    {
        var records = new List<LogRecord>();
        await WithAsync(async services =>
        {
            await foreach (var record in services.GetRequiredService<ILogInspector>().ReadAsync("events.raw", null, DateTime.UnixEpoch, CancellationToken.None))
            {
                if (record.Key is { } key && key.Span.SequenceEqual(Encoding.UTF8.GetBytes(store)))
                    records.Add(record);
            }
        });
        return records;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
