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

    /// <summary>What a store may send by HTTP, events a second: 100 single requests and 100 bulk requests of 100 events.</summary>
    public const double MostByHttp = 100 + (100 * 100);

    /// <summary>The rate that the simulation is about, events a second.</summary>
    public const double Target = 1_000_000;

    /// <summary>The cases of docs/scaling.md.</summary>
    /// <param name="laneRate">Events a second that one partition gets through.</param>
    public static string Table(double laneRate)
    {
        var text = new StringBuilder();
        text.AppendLine("| stores | partitions | largest store | fullest partition | times the mean | keeps up to, events/s |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var (name, exponent, bounded) in new[] { ("equal", 0.0, false), ("Zipf 0.8", 0.8, false), ("Zipf 1.0", 1.0, false), ("Zipf 1.2", 1.2, false), ("Zipf 1.0, by HTTP", 1.0, true), ("Zipf 1.2, by HTTP", 1.2, true) })
        {
            foreach (var partitions in new[] { 12, 96, 768 })
            {
                var (largest, fullest) = Shares(exponent, partitions, bounded);
                text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {partitions} | {100 * largest:0.00} % | {100 * fullest:0.00} % | {fullest * partitions:0.0} | {laneRate / fullest:#,0} |");
            }
        }

        return text.ToString();
    }

    /// <summary>The share of the largest store and of the fullest partition in all events; the latter is the mean of several draws of ids.</summary>
    /// <param name="exponent">Of Zipf's law: 0 is equal stores, 1 is usual for shops.</param>
    /// <param name="partitions">How many partitions.</param>
    /// <param name="bounded">Whether no store sends more than the rate limit lets through of <see cref="Target"/>.</param>
    public static (double LargestStore, double FullestPartition) Shares(double exponent, int partitions, bool bounded)
    {
        var rates = Enumerable.Range(1, Stores).Select(rank => Math.Pow(rank, -exponent)).ToArray();
        var sum = rates.Sum();
        for (var i = 0; i < rates.Length; i++)
            rates[i] = bounded ? Math.Min(rates[i] / sum, MostByHttp / Target) : rates[i] / sum;
        sum = rates.Sum();
        var random = new Random(12);
        var id = new byte[24];
        var fullest = 0.0;
        for (var draw = 0; draw < Draws; draw++)
        {
            var load = new double[partitions];
            foreach (var rate in rates)
            {
                for (var i = 0; i < id.Length; i++)
                    id[i] = "0123456789abcdef"u8[random.Next(16)];
                load[Murmur2.Partition(id, partitions)] += rate / sum;
            }

            fullest += load.Max() / Draws;
        }

        return (rates.Max() / sum, fullest);
    }
}
