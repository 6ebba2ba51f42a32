using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stages.Persisting;
using CustomEvents.Tests.Pipeline.Running;
using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.InMemoryStores;
using CustomEvents.Tests.Support.LogSuites;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomEvents.Tests.Pipeline.Stages;

/// <summary>What the persister does with records that the normalizer cannot have written, or not yet.</summary>
public class MalformedNormalizedRecordTests
{
    private RunnerBench _bench = null!;
    private InMemoryStores _stores = null!;
    private PersisterStage _stage = null!;

    [SetUp]
    public void Begin()
    {
        _bench = new RunnerBench();
        _stores = new InMemoryStores();
        _stage = new PersisterStage(_stores, _stores, _stores, _bench.Log, TimeProvider.System, NullLogger<PersisterStage>.Instance);
    }

    [TearDown]
    public async Task End() => await _bench.DisposeAsync();

    [TestCase(null)]
    [TestCase("not JSON")]
    [TestCase("""{"version":1}""")]
    [TestCase("""{"version":"two"}""")]
    public async Task Malformed_record_alone_is_a_rejection_with_its_bytes(string? value)
    {
        _bench.Start(stage: _stage);
        _bench.Log.Write(MemoryLog.Record(RunnerBench.Input, "key", value));
        await _bench.Done();
        var rejection = _bench.Log.Read(_bench.Topics.Rejected).Single();
        Assert.That(Bytes.Text(rejection.Value), Is.EqualTo(value));
        Assert.That(Bytes.Text(rejection.Header(HeaderNames.RejectionCode)), Is.EqualTo("unprocessable"));
        Assert.That(Bytes.Text(rejection.Header(HeaderNames.OriginalTopic)), Is.EqualTo(RunnerBench.Input), "which tells that it is no raw record");
    }

    [Test]
    public async Task Malformed_record_stops_nothing_behind_it()
    {
        _bench.Send(await NormalizedAsync(1), "{", await NormalizedAsync(2));
        _bench.Start(stage: _stage);
        await _bench.Done();
        Assert.That(_bench.Rejected, Is.EqualTo(new[] { "{" }));
        Assert.That(_stores.AllEvents(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Three_malformed_records_in_a_row_are_a_fault_of_ours_and_stop_the_lane()
    {
        var runner = _bench.Start(stage: _stage);
        _bench.Send("{", "{", "{", "{");
        await RunnerBench.Until("the lane to stop", () => runner.Problem?.Contains("three records in a row", StringComparison.Ordinal) == true, _bench.Describe);
        Assert.That(_bench.Rejected, Has.Count.LessThan(3));
    }

    [Test]
    public async Task Record_of_a_newer_version_waits_for_a_newer_persister()
    {
        _bench.Send(await NormalizedAsync(1), (await NormalizedAsync(2)).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal), await NormalizedAsync(3));
        var runner = _bench.Start(stage: _stage);
        await RunnerBench.Until("the lane to wait", () => runner.Problem?.Contains("newer normalizer", StringComparison.Ordinal) == true, _bench.Describe);
        Assert.That(_bench.Rejected, Is.Empty);
        Assert.That(_bench.Log.Lag(RunnerBench.Group, RunnerBench.Input), Is.EqualTo(3), "it holds back what is read with it, and loses nothing");
    }

    private static async Task<string> NormalizedAsync(int number)
    {
        var bench = new StageBench();
        var outcomes = await bench.NormalizeAsync(bench.Raw(
            StageBench.Event("""{"email":"a@b.c"}"""), StageBench.Shop, 0, ("event-id", new Guid(number, 0, 0, new byte[8]).ToString())));
        return Bytes.Text(outcomes.Single().Output.Value)!;
    }
}
