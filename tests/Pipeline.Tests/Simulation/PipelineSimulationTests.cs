using System.Diagnostics;
using System.Globalization;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Stores;
using CustomEvents.Tests.Support.InMemoryLog;
using CustomEvents.Tests.Support.InMemoryStores;
using CustomEvents.Tests.Support.LogSuites;

namespace CustomEvents.Tests.Pipeline.Simulation;

/// <summary>
/// The whole pipeline under crashes, faults before and after every write, rebalances and zombies: the stored state is the one that a
/// single reader would have made who reads the log once. <c>SIMULATION_RUNS</c> multiplies the runs, <c>SIMULATION_SEED</c> repeats one.
/// </summary>
public sealed class PipelineSimulationTests
{
    private const int Runs = 20;
    private const int Events = 200;
    private static readonly TopicNames Topics = new();

    [Test]
    [CancelAfter(3_600_000)]
    public async Task Whatever_fails_the_state_is_that_of_one_reader_who_reads_the_log_once(CancellationToken cancellationToken)
    {
        var repeated = Environment.GetEnvironmentVariable("SIMULATION_SEED");
        var factor = int.Parse(Environment.GetEnvironmentVariable("SIMULATION_RUNS") ?? "1", CultureInfo.InvariantCulture);
        var first = repeated is null ? Random.Shared.Next() : int.Parse(repeated, CultureInfo.InvariantCulture);
        var runs = repeated is null ? Runs * factor : factor;
        for (var run = 0; run < runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await RunAsync(repeated is null ? unchecked(first + run) : first);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var traffic = new Traffic(seed, Topics.Raw);
        var log = new MemoryLog(3);
        var stores = new InMemoryStores();
        foreach (var store in Traffic.Stores)
            await stores.CreateStoreAsync(new Store(store, DateTime.UnixEpoch), default);
        var groups = new[] { ("normalizer", Topics.Raw), ("persister", Topics.Normalized), ("rejections", Topics.Rejected) };
        List<Node> all = [];
        List<Node> nodes = [];
        StartNode();
        StartNode();
        for (var sent = 0; sent < Events;)
        {
            for (var i = random.Next(1, 20); i > 0; i--, sent++)
                log.Write(traffic.Next());
            await Task.Delay(random.Next(1, 4));
            switch (random.Next(8))
            {
                case 0:
                    await nodes[0].KillAsync();
                    nodes.RemoveAt(0);
                    StartNode();
                    break;
                case 1:
                    await nodes[0].StopAsync();
                    nodes.RemoveAt(0);
                    StartNode();
                    break;
                case 2 or 3:
                    var (group, topic) = groups[random.Next(groups.Length)];
                    if (log.Members(group, topic) > 0)
                        log.Evict(group, topic, 0);
                    break;
                case 4:
                    (group, topic) = groups[random.Next(groups.Length)];
                    if (log.Members(group, topic) > 1)
                        log.Move(group, topic, random.Next(3), 1);
                    break;
            }

            CheckCommits(seed, log, stores);
        }

        foreach (var node in nodes)
            node.Chaos.Faults = 0;
        var clock = Stopwatch.StartNew();
        while (groups.Any(g => log.Lag(g.Item1, g.Item2) > 0) || all.Any(n => n.Chaos.UnderWay > 0))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(30))
            {
                Assert.Fail($"SIMULATION_SEED={seed}: still at work after 30 s: "
                    + string.Join(", ", groups.Select(g => $"{g.Item1} lag {log.Lag(g.Item1, g.Item2)}, {log.Members(g.Item1, g.Item2)} members"))
                    + $"; {all.Sum(n => n.Chaos.UnderWay)} calls; {string.Join("; ", nodes.Select(n => n.Problems))}");
            }

            await Task.Delay(2);
        }

        CheckCommits(seed, log, stores);
        var model = new Model(log.Read(Topics.Raw), Traffic.Stores);
        CheckOrder(seed, log, model);
        var expected = model.State;
        var actual = await StateAsync(stores);
        var differences = expected.Except(actual).Select(l => "missing: " + l).Concat(actual.Except(expected).Select(l => "too much: " + l)).ToList();
        Assert.That(differences, Is.Empty, $"SIMULATION_SEED={seed}\n{string.Join('\n', differences.Take(12))}");
        Assert.That(
            stores.IndexedEvents().Order(), Is.EqualTo(stores.AllEvents().Select(e => (e.StoreId, e.EventId)).Order()), $"SIMULATION_SEED={seed}: segment entries");
        foreach (var node in nodes)
        {
            await node.StopAsync();
            Assert.That(node.BytesInFlight, Is.Zero, $"SIMULATION_SEED={seed}: bytes kept");
        }

        void StartNode()
        {
            var node = new Node(log, stores, Topics, random.Next());
            nodes.Add(node);
            all.Add(node);
        }
    }

    /// <summary>What is committed is done: its outcome lies in the next topic, or in the stores.</summary>
    private static void CheckCommits(int seed, MemoryLog log, InMemoryStores stores)
    {
        // Taken before what they are compared with, which only grows.
        var raw = Enumerable.Range(0, 3).Select(p => log.Committed("normalizer", Topics.Raw, p) ?? 0).ToArray();
        var normalized = Enumerable.Range(0, 3).Select(p => log.Committed("persister", Topics.Normalized, p) ?? 0).ToArray();
        var outputs = log.Read(Topics.Normalized).Select(Id).ToHashSet();
        var rejected = log.Read(Topics.Rejected).Select(Id).ToHashSet();
        foreach (var (record, id, outcome) in new Model(log.Read(Topics.Raw), Traffic.Stores).Decisions)
        {
            if (record.Position.Offset < raw[record.Position.Partition] && outcome is "produced" or "rejected" && record.Position.Offset < raw[record.Position.Partition])
                Assert.That((outcome == "produced" ? outputs : rejected).Contains(id), Is.True, $"SIMULATION_SEED={seed}: {record.Position} is committed and not done ({outcome})");
        }

        var stored = stores.AllEvents().Select(e => e.EventId).ToHashSet();
        foreach (var record in log.Read(Topics.Normalized).Where(r => r.Position.Offset < normalized[r.Position.Partition]))
            Assert.That(stored.Contains(Id(record)), Is.True, $"SIMULATION_SEED={seed}: {record.Position} is committed and not stored");
    }

    /// <summary>What reaches the next topic first, reaches it in the order of the raw one.</summary>
    private static void CheckOrder(int seed, MemoryLog log, Model model)
    {
        var ranks = model.Decisions.Where(d => d.Outcome == "produced").ToDictionary(d => d.Id, d => d.Record.Position.Offset);
        foreach (var partition in log.Read(Topics.Normalized).GroupBy(r => r.Position.Partition))
            Assert.That(partition.Select(Id).Distinct().Select(id => ranks[id]), Is.Ordered, $"SIMULATION_SEED={seed}: order of partition {partition.Key}");
    }

    private static Guid Id(LogRecord record) => Guid.Parse(Bytes.Text(record.Header(HeaderNames.EventId))!);

    private static async Task<IReadOnlyList<string>> StateAsync(InMemoryStores stores)
    {
        var events = stores.AllEvents().ToLookup(e => new CustomerKey(e.StoreId, e.CustomerId));
        List<string> catalog = [];
        foreach (var store in Traffic.Stores)
        {
            foreach (var known in await ((ICatalogStore)stores).ListAsync(store, default))
            {
                var keys = known.Properties.SelectMany(p => p.Types.Select(t => $"{p.Key}:{t}")).Order(StringComparer.Ordinal);
                catalog.Add($"catalog {store} {known.EventName}: {string.Join(',', keys)}");
            }
        }

        List<string> rejections = [];
        await foreach (var rejection in ((IRejectionStore)stores).ListAsync(new RejectionFilter(), default))
            rejections.Add($"rejection {rejection.Code.ToText()} {rejection.EventId} of {rejection.StoreId}");
        return
        [
            .. stores.AllEvents().Select(e =>
                $"event {e.EventId} of {e.StoreId} {e.EventName} {e.ReceivedAt:O} {string.Join(',', e.Segmentable.Select(s => $"{s.Key}={Text(s.Value)}"))}"),
            .. stores.AllCustomers().Select(c =>
            {
                var id = c.Identity.Key.CustomerId.ToString();
                var fields = c.Profile.Location.Select(f => $"location.{f.Key}={Text(f.Value)}")
                    .Concat(c.Profile.CustomFields.Select(f => $"customFields.{f.Key}={Text(f.Value)}"));
                if (c.Profile.FirstName is { } firstName)
                    fields = fields.Append($"firstName={firstName}");
                return Model.Describe(
                    c.Identity.Key.StoreId, id.StartsWith("00000000", StringComparison.Ordinal) ? id : null, c.Identity.Email?.Value, c.Identity.PhoneNumber?.Value,
                    c.Profile.CreatedAt, c.Profile.UpdatedAt, fields.Order(StringComparer.Ordinal), events[c.Identity.Key].Select(e => e.EventId).Order());
            }),
            .. catalog,
            .. stores.AllClaims.Select(c => $"claim {c.Key} {c.Value}"),
            .. rejections,
        ];
    }

    private static string Text(ProfileValue value) => value.Text ?? value.Bits.ToString(CultureInfo.InvariantCulture);
}
