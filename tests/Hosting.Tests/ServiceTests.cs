using System.Net;
using System.Net.Sockets;
using CustomEvents.Hosting;
using CustomEvents.Hosting.Health;
using CustomEvents.Hosting.Work;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Tests.Hosting;

/// <summary>Starts a service as its Program does, and looks at how it ends.</summary>
[NonParallelizable]
public class ServiceTests
{
    [Test]
    public async Task A_taken_port_ends_with_1_and_says_which_and_what_to_set()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var (code, text) = await RunAsync($"--urls=http://127.0.0.1:{port}");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(text, Does.Contain($"port {port} is taken: set ASPNETCORE_URLS / INGEST_PORT").And.Not.Contain("   at "));
    }

    [TestCase("--Stage:MaxBatchRecords=0", "Stage:MaxBatchRecords is 0")]
    [TestCase("--Stage:MaxBatchRecords=many", "Stage:MaxBatchRecords is 'many': give a value of the type whole number")]
    [TestCase("--INGEST_PORT=http", "INGEST_PORT is 'http'")]
    public async Task A_bad_setting_ends_with_1_and_names_setting_and_value_without_a_stack_trace(string argument, string expected)
    {
        string[] arguments = argument.StartsWith("--INGEST", StringComparison.Ordinal) ? [argument] : [argument, "--urls=http://127.0.0.1:0"];
        var (code, text) = await RunAsync(arguments);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(text, Does.Contain(expected).And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_stage_that_fails_ends_the_process_with_1()
    {
        var run = Service.RunAsync(
            "test",
            ["--urls=http://127.0.0.1:0"],
            static builder => builder.Services.AddSingleton<IHostedService>(static provider => new Worker(
                "stage",
                static _ => Task.FromException(new InvalidOperationException("a bug")),
                provider.GetRequiredService<DependencyMonitor>(),
                provider.GetRequiredService<ServiceFailure>(),
                provider.GetRequiredService<IHostApplicationLifetime>(),
                provider.GetRequiredService<ILogger<Worker>>())),
            static app => app.MapServiceDefaults());
        Assert.That(await run.WaitAsync(TimeSpan.FromSeconds(20)), Is.EqualTo(1));
    }

    [TestCase(false, 0)]
    [TestCase(true, 1)]
    public async Task What_ends_while_it_starts_is_stopped_in_order_and_says_whether_it_failed(bool fails, int expected)
    {
        var early = new EndsAtOnce();
        var run = Service.RunAsync(
            "test",
            ["--urls=http://127.0.0.1:0"],
            builder => builder.Services.AddSingleton<IHostedService>(provider =>
            {
                if (fails)
                    provider.GetRequiredService<ServiceFailure>().Set();
                early.Lifetime = provider.GetRequiredService<IHostApplicationLifetime>();
                return early;
            }),
            static app => app.MapServiceDefaults());
        Assert.That(await run.WaitAsync(TimeSpan.FromSeconds(20)), Is.EqualTo(expected));
        Assert.That(early.IsStopped, Is.True);
    }

    private static async Task<(int Code, string Text)> RunAsync(params string[] arguments)
    {
        var before = Console.Error;
        var text = new StringWriter();
        Console.SetError(TextWriter.Synchronized(text));
        try
        {
            var code = await Service.RunAsync(
                "test",
                arguments,
                static builder =>
                {
                    builder.Services.AddSingleton<TopicNames>();
                    builder.Services.AddSingleton<ILogReaderFactory, NoLog>();
                    builder.Services.AddSingleton<ILogWriter, NoLog>();
                    builder.AddStage<NoStage>(static topics => topics.Raw, "test");
                },
                static app => app.MapServiceDefaults()).WaitAsync(TimeSpan.FromSeconds(20));
            return (code, text.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    private sealed class EndsAtOnce : IHostedService
    {
        public IHostApplicationLifetime Lifetime { get; set; } = null!;

        public bool IsStopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Lifetime.StopApplication();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            IsStopped = true;
            return Task.CompletedTask;
        }
    }

    private sealed class NoLog : ILogReaderFactory, ILogWriter
    {
        public ILogReader Open(string group, string topic, IAssignmentListener listener) => throw new LogReadException("there is no log");

        public Task AppendAsync(IReadOnlyList<OutgoingRecord> records, CancellationToken cancellationToken) =>
            Task.FromException(new NotSupportedException());
    }

    private sealed class NoStage : IStage
    {
        public string Name => "test";

        public IStageLane OpenLane(TopicPartition partition) => throw new NotSupportedException();

        public ValueTask<StageRejection> RejectAsync(LogRecord record, Events.ErrorCode code, string detail, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
