using System.Globalization;
using System.Text;
using CustomEvents.Pipeline.Log;

namespace CustomEvents.Bench.Scaling;

/// <summary>
/// Stores of unequal size over partitions: the store of rank r sends in proportion to 1/r^s (Zipf), and its records go to the partition of its id, murmur2 as in production.
/// The fullest partition is what the whole has to wait for.
/// </summary>
internal static class SkewSimulation
{
    private const int Draws = 20;

    // What a store may send by HTTP: 100 single requests and 100 bulk requests of 100 events a second.
    private const double MostByHttp = 100 + (100 * 100);
    private const double Target = 1_000_000;

    /// <param name="Exponent">Of Zipf's law: 0 would be equal stores, 1 is typical of shops.</param>
    /// <param name="Stores">How many stores.</param>
    /// <param name="Partitions">How many partitions.</param>
    /// <param name="LargestStore">The share of the largest store in all records.</param>
    /// <param name="FullestPartition">The share of the fullest partition, the mean of several draws of ids.</param>
    internal sealed record Result(double Exponent, int Stores, int Partitions, double LargestStore, double FullestPartition)
    {
        /// <summary>How many times the mean the fullest partition has.</summary>
        public double Excess => FullestPartition * Partitions;
    }

    /// <summary>The tables of docs/scaling.md.</summary>
    public static string Table()
    {
        var text = new StringBuilder();
        text.AppendLine("| Zipf's exponent | stores | partitions | largest store | fullest partition | times the mean | partitions' worth of work done at once |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (exponent, stores) in new[] { (0.0, 100_000), (0.8, 100_000), (1.0, 100_000), (1.0, 10_000), (1.2, 100_000) })
        {
            foreach (var partitions in new[] { 12, 96, 384 })
            {
                var result = Run(exponent, stores, partitions);
                text.AppendLine(CultureInfo.InvariantCulture, $"| {exponent:0.0} | {stores:#,0} | {partitions} | {result.LargestStore:P2} | {result.FullestPartition:P2} | {result.Excess:0.00} | {partitions / result.Excess:0} |");
            }
        }

        return text.ToString().Replace(" %", "\u00a0%", StringComparison.Ordinal);
    }

    /// <summary>One case. What a store may send by HTTP at most is its bound in a pipeline of a million events a second.</summary>
    public static Result Run(double exponent, int stores, int partitions, bool bounded = false)
    {
        var rates = Enumerable.Range(1, stores).Select(rank => Math.Pow(rank, -exponent)).ToArray();
        var sum = rates.Sum();
        for (var i = 0; i < stores; i++)
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

        return new Result(exponent, stores, partitions, rates.Max() / sum, fullest);
    }
}
