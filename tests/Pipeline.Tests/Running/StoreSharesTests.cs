using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;
using CustomEvents.Pipeline.Running;
using Microsoft.Extensions.Time.Testing;

namespace CustomEvents.Tests.Pipeline.Running;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StoreSharesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StoreShares _shares;

    public StoreSharesTests() => _shares = new StoreShares(_time);

    private Dictionary<string, double> Told => _shares.Measure("normalizer").ToDictionary(
        one => (string)one.Tags.ToArray().Single(tag => tag.Key == "custom_events.store").Value!, one => Math.Round(one.Value, 2));

    [Test]
    public void A_store_with_a_tenth_or_more_is_told_with_its_share()
    {
        _shares.Count(Records(("hot", 12), ("warm", 2), ("cool", 1), ("cold", 1)));
        Assert.That(Told, Is.EquivalentTo(new Dictionary<string, double> { ["hot"] = 0.75, ["warm"] = 0.12 }));
    }

    [Test]
    public void Of_stores_without_number_none_is_told_and_a_heavy_one_among_them_is()
    {
        for (var i = 0; i < 5_000; i++)
            _shares.Count(Records(($"store-{i}", 1)));
        Assert.That(Told, Is.Empty);

        for (var i = 0; i < 5_000; i++)
            _shares.Count(Records(($"store-{i}", 1), ("hot", 3)));
        Assert.That(Told.Keys, Is.EqualTo(new[] { "hot" }));
        Assert.That(Told["hot"], Is.EqualTo(0.6).Within(0.05), "15,000 of 25,000");
    }

    [Test]
    public void A_large_batch_counts_by_its_size()
    {
        _shares.Count(Records(("small", 16)));
        _shares.Count(Records(("large", 480)));
        Assert.That(Told.Keys, Is.EqualTo(new[] { "large" }));
    }

    [Test]
    public void What_is_long_ago_is_forgotten()
    {
        _shares.Count(Records(("old", 16)));
        _time.Advance(TimeSpan.FromMinutes(2));
        _shares.Count(Records(("new", 16)));
        Assert.That(Told.Keys, Is.EqualTo(new[] { "new" }));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(Told, Is.Empty);
    }

    [Test]
    public void What_is_no_stores_id_is_not_counted()
    {
        _shares.Count([.. Records(("not a store", 5), ("store", 1)), new LogRecord { Topic = "t", Position = default, Timestamp = default }]);
        Assert.That(Told, Is.EquivalentTo(new Dictionary<string, double> { ["store"] = 1 }));
    }

    private static LogRecord[] Records(params (string Store, int Count)[] stores) => [.. stores.SelectMany(store => Enumerable.Repeat(
        new LogRecord { Topic = "t", Position = new Position(Guid.Empty, 0, 0), Timestamp = default, Key = Encoding.UTF8.GetBytes(store.Store) }, store.Count))];
}
