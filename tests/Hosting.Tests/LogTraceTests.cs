using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using CustomEvents.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CustomEvents.Tests.Hosting;

/// <summary>What a service logs within a request leads to that request's trace.</summary>
[NonParallelizable]
public class LogTraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Test]
    public async Task A_line_of_the_console_in_JSON_has_the_trace_of_its_request()
    {
        var before = Console.Out;
        var output = new StringWriter();
        Console.SetOut(TextWriter.Synchronized(output));
        try
        {
            await LogWithinARequestAsync("--Logging:Console:FormatterName=json");
        }
        finally
        {
            Console.SetOut(before);
        }

        var line = output.ToString().Split('\n').Single(line => line.Contains("within a request", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        var traces = json.RootElement.GetProperty("Scopes").EnumerateArray()
            .Where(static scope => scope.TryGetProperty("TraceId", out _))
            .Select(static scope => scope.GetProperty("TraceId").GetString());
        Assert.That(traces, Is.EqualTo(new[] { TraceId }), line);
    }

    [Test]
    public async Task A_log_that_leaves_by_OTLP_has_the_trace_of_its_request()
    {
        ConcurrentQueue<byte[]> received = new();
        await using var collector = WebApplication.CreateSlimBuilder().Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            if (signal == "logs")
                received.Enqueue(body.ToArray());
        });
        await collector.StartAsync();

        await LogWithinARequestAsync($"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Urls.First()}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");

        var logs = received.Single(static body => body.AsSpan().IndexOf("within a request"u8) >= 0);
        Assert.That(logs.AsSpan().IndexOf(Convert.FromHexString(TraceId)), Is.GreaterThanOrEqualTo(0), Encoding.Latin1.GetString(logs));
    }

    /// <summary>Runs a service that logs one line, within a request of that trace, to its end: what it exports has left by then.</summary>
    private static async Task LogWithinARequestAsync(params string[] arguments)
    {
        var builder = WebApplication.CreateBuilder([.. arguments, "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Test=Information"]);
        builder.AddServiceDefaults("test");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/", static (ILoggerFactory loggers) => Log(loggers.CreateLogger("Test"), "within a request", null));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        using var answer = await client.GetAsync("/");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await app.StopAsync();
    }

    private static readonly Action<ILogger, string, Exception?> Log = LoggerMessage.Define<string>(LogLevel.Information, default, "{Where}");
}
