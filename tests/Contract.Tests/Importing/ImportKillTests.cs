using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CustomEvents.Tests.Contract.Deployments;
using CustomEvents.Tests.Contract.Driving;

namespace CustomEvents.Tests.Contract.Importing;

/// <summary><c>events import</c> into the embedded pipeline, killed on the way, against a rate limit.</summary>
[TestFixture]
public sealed class ImportKillTests
{
    private const int People = 2;

    // More than the burst, so that it is under way long enough to be killed. IMPORT_LINES=200000 IMPORT_RATE=100 is the long run.
    private static readonly int Lines = int.Parse(Environment.GetEnvironmentVariable("IMPORT_LINES") ?? "1500", CultureInfo.InvariantCulture);
    private static readonly string Rate = Environment.GetEnvironmentVariable("IMPORT_RATE") ?? "3";

    private EmbeddedDeployment _pipeline = null!;
    private string _folder = "";

    [OneTimeSetUp]
    public async Task StartPipeline()
    {
        _folder = Directory.CreateTempSubdirectory("import-").FullName;
        _pipeline = await EmbeddedDeployment.StartOwnAsync(("RateLimit__RequestsPerSecond", Rate), ("RateLimit__Burst", Rate));
    }

    [OneTimeTearDown]
    public async Task StopPipeline()
    {
        if (_pipeline is not null)
            await _pipeline.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_import_that_is_killed_twice_stores_every_event_once(bool hasUniqueId)
    {
        var store = await _pipeline.CreateStoreAsync();
        var file = Path.Combine(_folder, $"{store.Id}.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, Lines).Select(i => Event(i, hasUniqueId)));
        var watch = Stopwatch.StartNew();
        for (var kill = 1; kill <= 2; kill++)
        {
            using var run = Start(store, file);
            var said = run.StandardError.ReadToEndAsync();
            try
            {
                var due = 200 + (36 * (Lines / 100 * kill / 3));
                await Eventually.TrueAsync(
                    () => Task.FromResult(JournalBytes(file) >= due || run.HasExited ? null : $"{JournalBytes(file)} of {due} bytes"), () => "The import does not go on.", TimeSpan.FromMinutes(5));
                Assert.That(run.HasExited ? await said : null, Is.Null, $"it is killed under way, with {JournalBytes(file)} of {due} bytes");
            }
            finally
            {
                run.Kill();
                await run.WaitForExitAsync();
            }
        }

        var settled = File.ReadLines(file + ".import").Count() - 1;
        using var last = Start(store, file);
        var error = last.StandardError.ReadToEndAsync();
        var output = JsonElement.Parse(await last.StandardOutput.ReadToEndAsync());
        await last.WaitForExitAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(last.ExitCode, Is.Zero, await error);
            Assert.That(output.GetProperty("accepted").GetInt64(), Is.EqualTo(Lines - 1));
            Assert.That(output.GetProperty("rejected").GetInt64(), Is.EqualTo(1));
        });
        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{Lines} lines, {settled} requests settled before the last run; accepted after {watch.Elapsed.TotalSeconds:0.0} s"));
        Assert.That(await File.ReadAllTextAsync(file + ".rejected.ndjson"), Is.EqualTo(Event(0, hasUniqueId) + "\n"));

        // Several requests were under way, so that no event of the file is known to be the last.
        var counts = new long[People];
        await Eventually.TrueAsync(
            async () =>
            {
                for (var person = 0; person < People; person++)
                    counts[person] = await _pipeline.FindCustomerAsync(store.Id, "email", Email(person)) is { } customer ? await store.CountEventsAsync(customer["customerId"]) : 0;
                return counts.Sum() >= Lines - 1 ? null : string.Join(' ', counts);
            },
            () => "Events are missing.",
            TimeSpan.FromMinutes(5));
        await store.SettleAsync();
        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"stored after {watch.Elapsed.TotalSeconds:0.0} s: {string.Join(' ', counts)}"));
        for (var person = 0; person < People; person++)
        {
            var customer = await store.CustomerAsync("email", Email(person));
            Assert.That(
                await store.CountEventsAsync(customer["customerId"]), Is.EqualTo(Enumerable.Range(1, Lines - 1).LongCount(i => i % People == person)), $"events of person {person}");
        }
    }

    private static string Email(int person) => $"import{person}@example.com";

    private static string Event(int i, bool hasUniqueId)
    {
        // Without a uniqueId, only their places tell equal lines apart. The first is refused.
        var uniqueId = hasUniqueId ? $",\"uniqueId\":\"i-{i}\"" : "";
        return $"{{\"eventName\":\"{(i == 0 ? "" : "Imported")}\",\"customer\":{{\"email\":\"{Email(i % People)}\"}},\"data\":{{\"Group\":{i % People}}}{uniqueId}}}";
    }

    /// <summary>The journal is locked while an import runs; its length shows how far it is: the beginning, and for each 100 events a line of at least 36 bytes.</summary>
    private static long JournalBytes(string file) => File.Exists(file + ".import") ? new FileInfo(file + ".import").Length : 0;

    private Process Start(TestStore store, string file)
    {
        var start = new ProcessStartInfo(
            ProgramFile.Of("events"), ["import", file, "--url", _pipeline.Api.ToString(), "--store", store.Id, "--in-flight", "4", "--json"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        Environments.Prepare(start.Environment, new Dictionary<string, string> { ["EVENTS_API_KEY"] = store.Key });
        return Process.Start(start)!;
    }
}
