using System.Globalization;
using System.Text;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Bench.Scaling;

/// <summary>
/// Stores of unequal size over partitions: the store of rank r sends in proportion to 1/r^s (Zipf), and its records go to the partition of its id, murmur2 as in production.
/// The whole keeps up as long as its fullest partition does.
/// </summary>
internal static class SkewSimulation
{
    private const int Draws = 20;
    private const int Stores = 100_000;

    // Where every store is held to its limit, more changes nothing.
    private const double MostWanted = 1e12;

    /// <summary>What a store may send by HTTP, events a second: 100 single requests and 100 bulk requests of 100 events.</summary>
    public const double MostByHttp = 100 + (100 * 100);

    /// <summary>The cases of docs/scaling.md.</summary>
    /// <param name="laneRate">Events a second that one partition gets through.</param>
    /// <param name="partitions">How many partitions a deployment would have, beside 12 and 96.</param>
    public static string Table(double laneRate, int partitions)
    {
        var text = new StringBuilder();
        text.AppendLine("| stores | partitions | largest store | fullest partition | times the mean | keeps up to, events/s |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- |");
        var half = string.Create(CultureInfo.InvariantCulture, $"none above {laneRate / 2:#,0}");
        foreach (var (name, exponent, most) in new[]
        {
            ("equal", 0.0, double.MaxValue), ("Zipf 0.8", 0.8, double.MaxValue), ("Zipf 1.0", 1.0, double.MaxValue), ("Zipf 1.2", 1.2, double.MaxValue),
            ("Zipf 1.0, " + half, 1.0, laneRate / 2), ("Zipf 1.2, " + half, 1.2, laneRate / 2),
        })
        {
            foreach (var number in new[] { 12, 96, partitions })
            {
                var (largest, fullest, total) = KeepsUp(exponent, number, laneRate, most);
                text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {number} | {100 * largest:0.00} % | {100 * fullest:0.00} % | {fullest * number:0.0} | {total:#,0} |");
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// The rate of all stores together at which the fullest partition has as much as its lane gets through, and the shares of the largest store and of that partition
    /// in it: means of several draws of ids.
    /// </summary>
    /// <param name="exponent">Of Zipf's law: 0 is equal stores, 1 is usual for shops.</param>
    /// <param name="partitions">How many partitions.</param>
    /// <param name="laneRate">Events a second that one partition gets through.</param>
    /// <param name="most">Events a second that are let through of one store.</param>
    public static (double LargestStore, double FullestPartition, double Total) KeepsUp(double exponent, int partitions, double laneRate, double most)
    {
        var shares = Enumerable.Range(1, Stores).Select(rank => Math.Pow(rank, -exponent)).ToArray();
        var sum = shares.Sum();
        for (var i = 0; i < shares.Length; i++)
            shares[i] /= sum;
        var random = new Random(12);
        var id = new byte[24];
        var places = new int[Stores];
        double largest = 0, fullest = 0, totals = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            for (var store = 0; store < Stores; store++)
            {
                for (var i = 0; i < id.Length; i++)
                    id[i] = "0123456789abcdef"u8[random.Next(16)];
                places[store] = Murmur2.Partition(id, partitions);
            }

            // What they want to send is doubled until it is too much, and then halved in.
            var (low, high) = (0.0, laneRate);
            while (high < MostWanted && Fullest(high).Load < laneRate)
                (low, high) = (high, 2 * high);
            for (var step = 0; step < 30; step++)
            {
                var middle = (low + high) / 2;
                (low, high) = Fullest(middle).Load < laneRate ? (middle, high) : (low, middle);
            }

            var (load, total) = Fullest(low);
            largest += Math.Min(shares[0] * low, most) / total / Draws;
            fullest += load / total / Draws;
            totals += total / Draws;
        }

        return (largest, fullest, totals);

        (double Load, double Total) Fullest(double wanted)
        {
            var load = new double[partitions];
            for (var store = 0; store < Stores; store++)
                load[places[store]] += Math.Min(shares[store] * wanted, most);
            return (load.Max(), load.Sum());
        }
    }
}
