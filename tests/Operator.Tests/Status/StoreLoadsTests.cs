using System.Text;
using CustomEvents.Events;
using CustomEvents.Operator.Status;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Tests.Operator.Status;

public sealed class StoreLoadsTests
{
    private static readonly DateTime Now = new(2026, 4, 2, 12, 0, 0, DateTimeKind.Utc);

    [Test]
    public void A_partition_counts_by_its_rate_and_not_by_how_many_of_its_records_were_looked_at()
    {
        var busy = Tail(partition: 0, ("busy", 10, 0.2));
        var quiet = Tail(partition: 1, ("quiet", 10, 12));
        var loads = StoreLoads.Estimate(busy.Concat(quiet), Now);
        Assert.That(loads.Select(one => (one.StoreId, one.Partition)), Is.EqualTo(new[] { ("busy", 0) }));
        Assert.That(loads[0].Share, Is.EqualTo(60 / 61.0).Within(0.001));
        Assert.That(loads[0].RecordsPerSecond, Is.EqualTo(10 / 1.8).Within(0.01));
    }

    [Test]
    public void Stores_of_one_partition_share_its_rate_and_those_under_a_tenth_are_left_out()
    {
        var loads = StoreLoads.Estimate(Tail(partition: 3, ("a", 14, 1), ("b", 5, 1), ("c", 1, 1)), Now);
        Assert.That(loads.Select(one => (one.StoreId, Math.Round(one.Share, 2))), Is.EqualTo(new[] { ("a", 0.7), ("b", 0.25) }));
    }

    [Test]
    public void What_came_long_ago_is_no_load() =>
        Assert.That(StoreLoads.Estimate(Tail(partition: 0, ("a", 2, 400)).Take(1), Now), Is.Empty);

    [Test]
    public void Records_of_no_store_count_and_have_no_name()
    {
        var loads = StoreLoads.Estimate(Tail(partition: 0, ("not a store", 5, 1), ("a", 5, 1)), Now);
        Assert.That(loads.Select(one => (one.StoreId, Math.Round(one.Share, 3))), Is.EqualTo(new[] { ("a", 0.5) }));
    }

    /// <summary>Records of a partition, one after the other, the last of them now.</summary>
    private static List<LogRecord> Tail(int partition, params (string Store, int Count, double SecondsApart)[] stores)
    {
        var records = new List<LogRecord>();
        var at = Now;
        foreach (var (store, count, apart) in stores.Reverse())
        {
            for (var i = 0; i < count; i++)
            {
                records.Add(new LogRecord { Topic = "events.raw", Position = new Position(Guid.Empty, partition, 0), Timestamp = at, Key = Encoding.UTF8.GetBytes(store) });
                at -= TimeSpan.FromSeconds(apart);
            }
        }

        records.Reverse();
        return records;
    }
}
