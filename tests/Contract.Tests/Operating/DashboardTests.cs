using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;

namespace CustomEvents.Tests.Contract.Operating;

/// <summary>A Prometheus that scrapes the running services answers every query of the Grafana dashboard with data.</summary>
[TestFixture]
public sealed class DashboardTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("dashboard-").FullName;
    private readonly HttpClient _client = new();
    private Process? _prometheus;

    [OneTimeTearDown]
    public void StopPrometheus()
    {
        _prometheus?.Kill();
        _prometheus?.WaitForExit();
        _prometheus?.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Every_query_of_the_dashboard_is_answered_by_what_the_services_tell()
    {
        var pipeline = (ServersDeployment)await AllDeployments.OnServers.GetAsync();
        var store = await pipeline.CreateStoreAsync();
        var prometheus = StartPrometheus(pipeline);
        var missing = Queries().DistinctBy(static query => query.Expression).ToDictionary(static query => query.Expression, static query => query.Panel);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            // Again and again: a rate needs a counter that grew between two scrapes.
            await BeBusyAsync(store);
            foreach (var expression in missing.Keys.ToArray())
            {
                if (await HasDataAsync(prometheus, expression.Replace("$__rate_interval", "30s", StringComparison.Ordinal)))
                    missing.Remove(expression);
            }

            if (missing.Count == 0)
                return;
            if (watch.Elapsed > Deadline)
                Assert.Fail($"Without data after {Deadline}:\n{string.Join('\n', missing.Select(static query => $"{query.Value}: {query.Key}"))}");
            await Task.Delay(200);
        }
    }

    // Retries happen where a server is away, which it is not here; the tests of the alerts show that their series exist.
    private static IEnumerable<(string Panel, string Expression)> Queries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Checkout(), "compose/grafana/dashboards/pipeline.json")));
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            if (!panel.TryGetProperty("targets", out var targets))
                continue;
            foreach (var target in targets.EnumerateArray())
            {
                if (target.GetProperty("expr").GetString() is { } expression && !expression.Contains("_retries_", StringComparison.Ordinal))
                    yield return (panel.GetProperty("title").GetString()!, expression);
            }
        }
    }

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "CustomEvents.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }

    // Something of everything that is counted: accepted, a duplicate, refused, recorded as a rejection, over the rate.
    private static async Task BeBusyAsync(TestStore store)
    {
        var unique = TestStore.Unique("dashboard");
        var good = $$"""{"eventName":"Seen","customer":{"email":"dashboard@example.com"},"data":{"Plan":"gold"},"uniqueId":"{{unique}}"}""";
        await store.PostAsync($$"""{"events":[{{good}},{{good}},{"eventName":""}]}""", true);
        await store.PostAsync("{");
        await store.Pipeline.DirectProducer!.SendAsync(store.Id, "not JSON");
        await Task.WhenAll(Enumerable.Range(0, 130).Select(_ => store.PostAsync("{}")));
    }

    private Uri StartPrometheus(ServersDeployment pipeline)
    {
        var jobs = pipeline.Addresses.Select(static part => $"{{targets: ['{part.Value.Authority}'], labels: {{service: {part.Key}}}}}");
        var settings = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(settings, $"""
            global: {"{"}scrape_interval: 1s{"}"}
            scrape_configs:
              - job_name: custom-events
                static_configs: [{string.Join(", ", jobs)}]
            """);
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(
            "prometheus",
            [$"--config.file={settings}", $"--storage.tsdb.path={Path.Combine(_folder, "data")}", $"--web.listen-address={address.Authority}", "--log.level=error"])
        {
            WorkingDirectory = _folder,
        };
        try
        {
            _prometheus = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("This test needs the program prometheus, and there is none on the PATH.");
        }

        return address;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> HasDataAsync(Uri prometheus, string expression)
    {
        try
        {
            using var answer = JsonDocument.Parse(
                await _client.GetStringAsync(new Uri(prometheus, "/api/v1/query?query=" + Uri.EscapeDataString(expression))));
            var results = answer.RootElement.GetProperty("data").GetProperty("result");
            return results.EnumerateArray().Any(static series => series.GetProperty("value")[1].GetString() != "NaN");
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }
}
