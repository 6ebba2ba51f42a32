using System.Text;
using CustomEvents.Events;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Operator.Status;

/// <summary>Which stores most of what comes in now is of, estimated from the last records of each partition of the raw topic.</summary>
internal static class StoreLoads
{
    private const double LeastShare = 0.1;

    /// <summary>Partitions in which nothing came for longer have no part in what comes in now.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The stores with a tenth or more, the heaviest first. The tail of a busy partition spans seconds and that of a quiet one hours: so each partition
    /// counts by its rate, and not by the records that were looked at.
    /// </summary>
    /// <param name="tail">The last records of each partition, those of one in order.</param>
    /// <param name="now">The time, UTC.</param>
    public static IReadOnlyList<StoreLoad> Estimate(IEnumerable<LogRecord> tail, DateTime now)
    {
        var rates = new Dictionary<string, Dictionary<int, double>>(StringComparer.Ordinal);
        var total = 0.0;
        foreach (var partition in tail.GroupBy(static record => record.Position.Partition))
        {
            var records = partition.ToList();
            if (now - records[^1].Timestamp > Recent)
                continue;
            // A second at least: records of one moment are no rate.
            var rate = 1 / Math.Max(1, (now - records[0].Timestamp).TotalSeconds);
            foreach (var record in records)
            {
                total += rate;
                if (record.Key is not { } key || !StoreId.IsValid(key.Span))
                    continue;
                var storeId = Encoding.ASCII.GetString(key.Span);
                if (!rates.TryGetValue(storeId, out var byPartition))
                    rates[storeId] = byPartition = [];
                byPartition[partition.Key] = byPartition.GetValueOrDefault(partition.Key) + rate;
            }
        }

        return
        [
            .. rates.Select(store => new StoreLoad(store.Key, store.Value.MaxBy(static one => one.Value).Key, store.Value.Values.Sum() / total, store.Value.Values.Sum()))
                .Where(static store => store.Share >= LeastShare)
                .OrderByDescending(static store => store.Share).ThenBy(static store => store.StoreId, StringComparer.Ordinal),
        ];
    }
}
