using CustomEvents.Pipeline.Log;
using CustomEvents.Sqlite;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CustomEvents.Tests.Sqlite;

/// <summary>A data folder, opened as a process opens it.</summary>
internal sealed class OpenFolder : IDisposable
{
    private readonly ServiceProvider _services;

    private OpenFolder(string path, bool isOperator, TimeProvider? time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        if (time is not null)
            services.AddSingleton(time);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Embedded:DataDirectory"] = path }).Build();
        if (isOperator)
            services.AddSqliteOperator(configuration);
        else
            services.AddSqlitePipeline(configuration);
        _services = services.BuildServiceProvider();
        // As the pipeline does at its start; a command opens the folder when it needs it.
        if (!isOperator)
            Get<DataFolder>().Open();
    }

    /// <summary>What the process is wired with.</summary>
    public IServiceProvider Services => _services;

    public static OpenFolder Pipeline(string path, TimeProvider? time = null) => new(path, isOperator: false, time);

    public static OpenFolder Operator(string path) => new(path, isOperator: true, null);

    /// <summary>A folder of a test's own.</summary>
    public static string NewPath() => Directory.CreateTempSubdirectory("custom-events-").FullName;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task AppendAsync(string topic, params string[] values) => Get<ILogWriter>().AppendAsync(
        [.. values.Select(value => new OutgoingRecord(topic, Bytes.Of("key"), Bytes.Of(value), []))], CancellationToken.None);

    public async Task<List<string?>> ReadAsync(string topic)
    {
        var values = new List<string?>();
        await foreach (var record in Get<ILogInspector>().ReadAsync(topic, null, DateTime.UnixEpoch, CancellationToken.None))
            values.Add(Bytes.Text(record.Value));
        return values;
    }

    public void Dispose() => _services.Dispose();
}
