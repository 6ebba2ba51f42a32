using System.Text.Json;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;
using CustomEvents.Tests.Support;

namespace CustomEvents.Tests.Contract.Operating;

/// <summary>Very small runs of `make bench`: bench/README.md. What they measure is of no account.</summary>
[TestFixture]
[NonParallelizable]
public sealed class BenchTests
{
    private static readonly string[] Programs = ["ingest-api", "normalizer", "persister", "all-in-one"];
    private static readonly string[] Members = ["name", "value", "unit", "floor", "ratio", "bar", "met"];

    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("bench-").FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "programs"));
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public Task The_embedded_pipeline_is_measured_beside_its_floors() => MeasureAsync("embedded", rates: 2, []);

    [Test]
    public Task The_pipeline_on_servers_is_measured_beside_its_floors() => MeasureAsync(
        "single,drain,duplicates,normalizer,freshness", rates: 5, new() { ["KAFKA_BOOTSTRAP_SERVERS"] = TestServers.Kafka, ["MONGODB_URI"] = TestServers.Mongo });

    [Test]
    public async Task What_fails_is_told_and_leaves_the_others_standing_and_what_the_environment_lacks_is_left_out()
    {
        var (code, output) = await RunAsync("embedded,drain", []);

        var row = Rows().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(1), output);
            Assert.That(row.GetProperty("value").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(row.GetProperty("met").GetBoolean(), Is.False);
            Assert.That(output, Does.Contain("Failed: embedded pipeline").And.Contain("all-in-one is missing"));
            Assert.That(output, Does.Contain("Left out: drain").And.Contain("needs KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI"));
        }
    }

    private async Task MeasureAsync(string only, int rates, Dictionary<string, string> servers)
    {
        foreach (var program in Programs)
            Directory.CreateSymbolicLink(Path.Combine(_folder, "programs", program), Path.GetDirectoryName(ProgramFile.Of(program))!);

        var (code, output) = await RunAsync(only, servers);

        Assert.That(code, Is.Zero, output);
        var rows = Rows();
        using (Assert.EnterMultipleScope())
        {
            foreach (var row in rows)
            {
                Assert.That(row.EnumerateObject().Select(member => member.Name), Is.EqualTo(Members));
                Assert.That(row.GetProperty("value").ValueKind, Is.EqualTo(JsonValueKind.Number), row.ToString());
            }

            // Processor time may be none that the kernel counts in so short a run; a rate never is.
            var beside = rows.Where(row => row.GetProperty("unit").GetString()!.EndsWith("/s", StringComparison.Ordinal)).ToArray();
            Assert.That(beside, Has.Length.EqualTo(rates), output);
            Assert.That(beside.Select(row => row.GetProperty("value").GetDouble()), Has.All.Positive);
            Assert.That(beside.Select(row => row.GetProperty("floor").GetDouble()), Has.All.Positive);
        }
    }

    private JsonElement[] Rows()
    {
        using var results = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "results", "bench.json")));
        return [.. results.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.Clone())];
    }

    private async Task<(int Code, string Output)> RunAsync(string only, Dictionary<string, string> servers)
    {
        string[] arguments = ["--scale", "0.005", "--only", only, "--results", "results", "--programs", "programs"];
        var run = await OperatorRun.OfAsync("CustomEvents.Bench", arguments, servers, _folder, TimeSpan.FromMinutes(10));
        return (run.ExitCode, run.Output + run.Error);
    }
}
